//! MySQL and MariaDB, over mysql_async. Which of the two answers is found out on the first connect.

mod connection;
mod dialect;
mod error;
mod guard;
mod handles;
mod introspect;
mod kill;
mod nodes;
mod options;
mod result;
mod server;
#[cfg(test)]
mod tests;
mod value;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use self::connection::MysqlConnection;
use self::nodes::Nodes;
use crate::driver::{BoxFuture, Connection, Connector};
use crate::error::{Error, Result};
use crate::sql::Dialect;

/// How long the connection that found out the kind of server may lie before it is opened anew.
const FIRST_STAYS: Duration = Duration::from_secs(10);

/// Opens connections to one server, or to the one of a cluster that takes writes.
#[derive(Debug)]
pub(super) struct MysqlConnector {
    nodes: Nodes,
    dialect: &'static dyn Dialect,
    /// The connection that found out the kind of server: handed out on the first `connect`.
    first: Mutex<Option<(MysqlConnection, Instant)>>,
}

impl MysqlConnector {
    /// Reads the URLs and connects, to learn whether MySQL or MariaDB answers.
    pub(super) async fn open(url: &str, further: &[String]) -> Result<Self> {
        let nodes = Nodes::new(url, further)?;
        let connection = nodes.connect().await?;
        let dialect = connection.dialect();
        Ok(Self { nodes, dialect, first: Mutex::new(Some((connection, Instant::now()))) })
    }

    async fn open_another(&self) -> Result<Box<dyn Connection>> {
        let connection = self.nodes.connect().await?;
        if std::ptr::addr_eq(connection.dialect(), self.dialect) {
            Ok(Box::new(connection))
        } else {
            let name = connection.dialect().name();
            Err(Error::Configuration(
                format!(
                    "a server of another kind ({name}) answers at {} now: open a new Db",
                    self.nodes.addresses()
                )
                .into(),
            ))
        }
    }
}

impl Connector for MysqlConnector {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        Box::pin(async move {
            match first {
                Some((connection, opened)) if opened.elapsed() < FIRST_STAYS => Ok(Box::new(connection) as _),
                _ => self.open_another().await,
            }
        })
    }

    fn replica(&self, url: &str) -> Result<Arc<dyn Connector>> {
        let nodes = Nodes::new(url, &[])?;
        Ok(Arc::new(Self { nodes, dialect: self.dialect, first: Mutex::new(None) }))
    }
}
