//! SQLite, embedded: a file, or memory.
//!
//! Each connection is a thread of its own that owns the database handle ([`worker`]); the asynchronous side
//! ([`connection`]) sends it commands and gets rows back in batches. A thread of its own can wait for a lock and can be
//! interrupted from outside without holding up anybody else.

mod batch;
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

use std::sync::{Arc, Mutex};

use self::dialect::SqliteDialect;
use self::url::Location;
use crate::driver::{BoxFuture, Connection, Connector};
use crate::error::Result;
use crate::sql::Dialect;

/// Opens connections to one file, or the one connection to a database in memory.
#[derive(Debug)]
pub(super) struct SqliteConnector {
    location: Arc<Location>,
    /// Keeps a database in memory while a connection that was given up half-way is replaced by another. Never used.
    _anchor: Option<Mutex<rusqlite::Connection>>,
}

impl SqliteConnector {
    /// Reads the URL: `sqlite::memory:`, `sqlite://notes.db`, `sqlite:///var/notes.db?mode=ro`. Opens nothing yet.
    ///
    /// # Errors
    /// [`Error::Configuration`](crate::Error::Configuration) where the URL is not one of these.
    pub(super) fn new(url: &str) -> Result<Self> {
        let location = Location::parse(url)?;
        let _anchor =
            if location.path.is_none() { Some(Mutex::new(session::handle(&location)?)) } else { None };
        Ok(Self { location: Arc::new(location), _anchor })
    }
}

impl Connector for SqliteConnector {
    fn dialect(&self) -> &'static dyn Dialect {
        &SqliteDialect
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(connection::connect(Arc::clone(&self.location)))
    }

    fn replica(&self, url: &str) -> Result<Arc<dyn Connector>> {
        Ok(Arc::new(Self::new(url)?))
    }

    fn max_connections(&self) -> Option<usize> {
        // What is in memory has no log to read beside a writer: connections would only wait for each other.
        self.location.path.is_none().then_some(1)
    }
}
