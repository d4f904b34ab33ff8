//! How to connect.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use super::log::Log;
use super::pool::Pool;
use super::shared::Shared;
use super::{Db, Inner};
use crate::backend;
use crate::error::{Error, Operation, Result};

/// Where to connect, and how.
///
/// ```no_run
/// # async fn example() -> orm_core::Result<()> {
/// use std::time::Duration;
/// use orm_core::db::DbOptions;
///
/// let db = DbOptions::new("mysql://user12:12user@localhost:3306/testdb")
///     .max_connections(20)
///     .statement_timeout(Duration::from_secs(5))
///     .log_to_stdout(true)
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct DbOptions {
    url: String,
    max_connections: usize,
    min_connections: usize,
    connect_timeout: Duration,
    acquire_timeout: Duration,
    statement_timeout: Option<Duration>,
    log_to_stdout: bool,
    log_values: bool,
}

impl DbOptions {
    /// Options for the database at this URL: `mysql://user:password@host:port/database`, `sqlite::memory:`, `sqlite://notes.db`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 10,
            min_connections: 1,
            connect_timeout: Duration::from_secs(10),
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: None,
            log_to_stdout: false,
            log_values: false,
        }
    }

    /// The most connections that are open at a time; 10 unless told. A database in memory has one, whatever is said here.
    #[doc(alias = "pool.max")]
    pub fn max_connections(mut self, count: usize) -> Self {
        self.max_connections = count;
        self
    }

    /// How many connections [`DbOptions::connect`] opens at once; 1 unless told, and never less: wrong passwords show up there.
    #[doc(alias = "pool.min")]
    pub fn min_connections(mut self, count: usize) -> Self {
        self.min_connections = count;
        self
    }

    /// How long opening a connection may take; 10 seconds unless told.
    #[doc(alias = "connectTimeout")]
    pub fn connect_timeout(mut self, deadline: Duration) -> Self {
        self.connect_timeout = deadline;
        self
    }

    /// How long to wait for a connection while all are in use, and once more for one that has to be cleaned or asked whether it is
    /// still there; 30 seconds unless told.
    #[doc(alias = "pool.acquire")]
    pub fn acquire_timeout(mut self, deadline: Duration) -> Self {
        self.acquire_timeout = deadline;
        self
    }

    /// How long one statement may take, from sending it to its last row; as long as it likes unless told. Of a stream each batch
    /// may take as long, and the time that its reader takes between them does not count.
    ///
    /// A statement that takes longer is [`Error::Timeout`], its connection is thrown away, and the transaction that it was in is over.
    pub fn statement_timeout(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.statement_timeout = deadline.into();
        self
    }

    /// Whether each statement is printed as Sequelize prints it: `Executing (default): SELECT ..`. In a transaction, `default`
    /// is its number.
    ///
    /// Every statement is also a `tracing` event of the target `orm_core::statement`, level DEBUG.
    #[doc(alias = "logging")]
    pub fn log_to_stdout(mut self, yes: bool) -> Self {
        self.log_to_stdout = yes;
        self
    }

    /// Whether the log shows the values that are bound. They may be secrets, so this is off unless asked for.
    #[doc(alias = "logQueryParameters")]
    pub fn log_values(mut self, yes: bool) -> Self {
        self.log_values = yes;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a URL or an option that makes no sense, [`Error::Timeout`] after the connect deadline, and what
    /// the database answers: [`Error::ConnectionRefused`], [`Error::AccessDenied`], [`Error::UnknownDatabase`].
    #[doc(alias = "Sequelize")]
    pub async fn connect(self) -> Result<Db> {
        let after = self.connect_timeout;
        let connector = tokio::time::timeout(after, backend::open(&self.url))
            .await
            .unwrap_or(Err(Error::Timeout { operation: Operation::Connect, after }))?;
        self.open(connector).await
    }

    /// Connects through a connector that is there already.
    pub(super) async fn open(self, connector: std::sync::Arc<dyn crate::driver::Connector>) -> Result<Db> {
        if self.max_connections == 0 {
            return Err(Error::Configuration("max_connections must be at least 1".into()));
        }
        let size =
            connector.max_connections().map_or(self.max_connections, |most| self.max_connections.min(most));
        let dialect = connector.dialect();
        let shared = Shared {
            epoch: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            statement_timeout: self.statement_timeout,
            upkeep_timeout: self.connect_timeout,
            log: Log { stdout: self.log_to_stdout, values: self.log_values, backend: dialect.name() },
        };
        let pool = Pool::new(connector, size, self.connect_timeout, self.acquire_timeout, shared)?;
        let mut opened = Vec::new();
        for _ in 0..self.min_connections.clamp(1, size) {
            opened.push(pool.acquire().await?);
        }
        drop(opened);
        Ok(Db::from_inner(Inner::new(pool, dialect, self.acquire_timeout)))
    }
}

impl fmt::Debug for DbOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbOptions")
            .field("url", &without_password(&self.url))
            .field("max_connections", &self.max_connections)
            .field("min_connections", &self.min_connections)
            .field("connect_timeout", &self.connect_timeout)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("log_to_stdout", &self.log_to_stdout)
            .field("log_values", &self.log_values)
            .finish()
    }
}

/// The URL without its secrets. One that does not parse may have its password anywhere, so nothing of it is shown.
fn without_password(url: &str) -> String {
    let Ok(mut url) = url::Url::parse(url) else { return "(not a URL)".to_owned() };
    // Parameters may hold secrets as well.
    url.set_query(None);
    url.set_fragment(None);
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "(hidden)".to_owned();
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::DbOptions;

    #[test]
    fn debug_shows_no_password() {
        for url in [
            "mysql://user:s3cret@localhost/db",
            "mysql://user:s3cret@local host/db",
            "s3cret",
            "mysql://user@localhost/db?password=s3cret",
        ] {
            let text = format!("{:?}", DbOptions::new(url));
            assert!(!text.contains("s3cret"), "{text}");
        }
    }
}
