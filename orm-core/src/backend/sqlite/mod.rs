//! SQLite, embedded: a file, or memory.
//!
//! Each connection is a thread of its own that owns the database handle ([`worker`]); the asynchronous side
//! ([`connection`]) sends it commands and gets rows back in batches. A thread of its own can wait for a lock and can be
//! interrupted from outside without holding up anybody else.

mod connection;
mod decimal;
mod dialect;
mod error;
mod introspect;
mod session;
#[cfg(test)]
mod tests;
mod url;
mod value;
mod worker;

use std::sync::Arc;

use self::dialect::SqliteDialect;
use self::url::Location;
use crate::driver::{BoxFuture, Connection, Connector};
use crate::error::Result;
use crate::sql::Dialect;

/// Opens connections to one file, or the one connection to a database in memory.
#[derive(Debug)]
pub(super) struct SqliteConnector {
    location: Arc<Location>,
}

impl SqliteConnector {
    /// Reads the URL: `sqlite::memory:`, `sqlite://notes.db`, `sqlite:///var/notes.db?mode=ro`. Opens nothing yet.
    ///
    /// # Errors
    /// [`Error::Configuration`](crate::Error::Configuration) where the URL is not one of these.
    pub(super) fn new(url: &str) -> Result<Self> {
        Ok(Self { location: Arc::new(Location::parse(url)?) })
    }
}

impl Connector for SqliteConnector {
    fn dialect(&self) -> &'static dyn Dialect {
        &SqliteDialect
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(connection::connect(Arc::clone(&self.location)))
    }

    fn max_connections(&self) -> Option<usize> {
        // Every connection to `:memory:` is another, empty database.
        self.location.path.is_none().then_some(1)
    }
}
