//! How to connect.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use super::clock::Clock;
use super::holders::Holders;
use super::log::Log;
use super::metrics::Counters;
use super::pool::{Pool, Settings};
use super::replica::{NoReplica, Replica, Replicas};
use super::shared::Shared;
use super::{Db, Inner};
use crate::backend;
use crate::driver::{Connector, Pending};
use crate::error::{Error, Operation, Result};
use crate::sql::Dialect;

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
    further: Vec<String>,
    replicas: Vec<(String, u32)>,
    no_replica: NoReplica,
    max_replica_lag: Option<Duration>,
    max_connections: usize,
    min_connections: usize,
    connect_timeout: Duration,
    acquire_timeout: Duration,
    idle_timeout: Option<Duration>,
    max_lifetime: Option<Duration>,
    max_connects_per_second: u32,
    statement_timeout: Option<Duration>,
    log_to_stdout: bool,
    log_values: bool,
}

impl DbOptions {
    /// Options for the database at this URL: `mysql://user:password@host:port/database`, `sqlite::memory:`, `sqlite://notes.db`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            further: Vec::new(),
            replicas: Vec::new(),
            no_replica: NoReplica::default(),
            max_replica_lag: None,
            max_connections: 10,
            min_connections: 1,
            connect_timeout: Duration::from_secs(10),
            acquire_timeout: Duration::from_secs(30),
            idle_timeout: Some(Duration::from_secs(10 * 60)),
            max_lifetime: Some(Duration::from_secs(30 * 60)),
            max_connects_per_second: 100,
            statement_timeout: None,
            log_to_stdout: false,
            log_values: false,
        }
    }

    /// Options for a cluster with one writer at a time, by the addresses of its nodes: MySQL Group Replication, Galera, a primary with standbys.
    ///
    /// Each connection goes to the node that takes writes, which is found by asking `@@read_only`, and on Galera `wsrep_ready`: the one that took
    /// them last is asked first, then all at once. Where several do, all connections lead to the same one. When the cluster has another writer,
    /// the connections that lead to the old one are thrown away after the first statement that is refused there, and the next ones find the new
    /// writer. A statement by itself is sent again then, and [`Db::retry_transaction`] runs its closure again; otherwise the refusal is
    /// [`Error::ReadOnly`].
    ///
    /// ```no_run
    /// # async fn example() -> orm_core::Result<()> {
    /// use orm_core::db::DbOptions;
    ///
    /// let nodes = ["a", "b", "c"].map(|node| format!("mysql://shop:secret@{node}.example.net/shop"));
    /// let db = DbOptions::cluster(nodes).connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn cluster<U: Into<String>>(urls: impl IntoIterator<Item = U>) -> Self {
        let mut urls = urls.into_iter().map(Into::into);
        let mut options = Self::new(urls.next().unwrap_or_default());
        options.further = urls.collect();
        options
    }

    /// A replica: queries that only read, and are not part of a transaction, go to one of the replicas, and everything else to the primary. So do
    /// transactions that are for reading only ([`TransactionOptions::read_only`](super::TransactionOptions::read_only)).
    /// [`Query::on_primary`](crate::query::Query::on_primary) takes a query back.
    ///
    /// Each replica has a pool of its own, of the size of the primary's. One that cannot be reached is left out, and asked again after a time that
    /// grows from a tenth of a second to ten; it need not be there when the `Db` connects. A query that a replica lost before it gave a row is run
    /// again on another.
    ///
    /// ```no_run
    /// # async fn example() -> orm_core::Result<()> {
    /// use std::time::Duration;
    /// use orm_core::db::DbOptions;
    ///
    /// let db = DbOptions::new("mysql://shop:secret@primary.example.net/shop")
    ///     .replica("mysql://shop:secret@replica-1.example.net/shop")
    ///     .weighted_replica("mysql://shop:secret@replica-2.example.net/shop", 3)
    ///     .max_replica_lag(Duration::from_secs(5))
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "replication")]
    pub fn replica(self, url: impl Into<String>) -> Self {
        self.weighted_replica(url, 1)
    }

    /// The same for a replica that gets this many times as many queries as one of weight 1. One of weight 0 gets none.
    pub fn weighted_replica(mut self, url: impl Into<String>, weight: u32) -> Self {
        self.replicas.push((url.into(), weight));
        self
    }

    /// What becomes of a read when no replica is there: the primary answers, unless told.
    pub fn when_no_replica(mut self, otherwise: NoReplica) -> Self {
        self.no_replica = otherwise;
        self
    }

    /// A replica that is further behind than this is left out until it has caught up, and so is one whose replication has stopped. It is looked at every
    /// second, by `SHOW REPLICA STATUS`, whose seconds are whole ones. Not looked at unless told.
    ///
    /// The user needs the right to ask: `REPLICATION CLIENT`, on MariaDB `REPLICA MONITOR`. Without it the replica is left out.
    pub fn max_replica_lag(mut self, lag: impl Into<Option<Duration>>) -> Self {
        self.max_replica_lag = lag.into();
        self
    }

    /// The most connections that are open at a time; 10 unless told. A database in memory has one, whatever is said here.
    #[doc(alias = "pool.max")]
    pub fn max_connections(mut self, count: usize) -> Self {
        self.max_connections = count;
        self
    }

    /// How many connections [`DbOptions::connect`] opens at once, and how many stay open when nobody uses them; 1 unless told, and never
    /// less: wrong passwords show up there.
    #[doc(alias = "pool.min")]
    pub fn min_connections(mut self, count: usize) -> Self {
        self.min_connections = count;
        self
    }

    /// How long opening a connection may take; 10 seconds unless told. After a failure the next attempt pauses for a random time, of up to
    /// 20 ms at first and 1 s in the end, which counts here.
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

    /// How long a connection may lie in the pool since it was last taken; 10 minutes unless told, `None` for as long as it likes.
    ///
    /// After that it is closed, down to [`DbOptions::min_connections`]. Those are replaced when they would next be used. Where the server ends
    /// idle connections sooner (`wait_timeout` of MySQL and MariaDB), a connection is not used after nine tenths of the server's time,
    /// whatever is said here. A database in memory keeps its connection.
    ///
    /// ```no_run
    /// # async fn example() -> orm_core::Result<()> {
    /// use std::time::Duration;
    /// use orm_core::db::DbOptions;
    ///
    /// // A firewall on the way forgets connections after five minutes.
    /// let db = DbOptions::new("mysql://user12:12user@db.example.org/testdb")
    ///     .idle_timeout(Duration::from_secs(4 * 60))
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "pool.idle")]
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle_timeout = limit.into();
        self
    }

    /// How old a connection may get; 30 minutes unless told, `None` for as old as it likes. Of each connection it is up to a tenth less, at
    /// random, so that they do not all end together.
    ///
    /// One that is older is replaced when it would next be used, and never while it is in use. A database in memory keeps its
    /// connection.
    ///
    /// ```
    /// use std::time::Duration;
    /// use orm_core::db::DbOptions;
    ///
    /// let options = DbOptions::new("sqlite://notes.db").max_lifetime(Duration::from_secs(3600)).idle_timeout(None);
    /// ```
    pub fn max_lifetime(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.max_lifetime = limit.into();
        self
    }

    /// The most connections that are opened in a second, so that a server that has just come back is not overrun; 100 unless told. A whole pool
    /// may be opened at once, what follows comes one by one. The wait counts as connecting.
    ///
    /// ```
    /// use orm_core::db::DbOptions;
    ///
    /// let options = DbOptions::new("sqlite://notes.db").max_connections(50).max_connects_per_second(20);
    /// ```
    pub fn max_connects_per_second(mut self, count: u32) -> Self {
        self.max_connects_per_second = count;
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
    pub fn connect(self) -> Pending<'static, Db> {
        Pending::new(async move {
            let after = self.connect_timeout;
            let connector = tokio::time::timeout(after, backend::open(&self.url, &self.further))
                .await
                .unwrap_or(Err(Error::Timeout { operation: Operation::Connect, after }))?;
            self.open(connector).await
        })
    }

    /// Connects through a connector that is there already.
    pub(super) async fn open(self, connector: Arc<dyn Connector>) -> Result<Db> {
        if self.max_connections == 0 {
            return Err(Error::Configuration("max_connections must be at least 1".into()));
        }
        if self.max_connects_per_second == 0 {
            return Err(Error::Configuration("max_connects_per_second must be at least 1".into()));
        }
        let size =
            connector.max_connections().map_or(self.max_connections, |most| self.max_connections.min(most));
        let dialect = connector.dialect();
        // Where there is such a limit, the connection is the database.
        let keeps = connector.max_connections().is_some();
        let settings = Settings {
            size,
            min: self.min_connections.clamp(1, size),
            connect_timeout: self.connect_timeout,
            acquire_timeout: self.acquire_timeout,
            idle_timeout: self.idle_timeout.filter(|_| !keeps),
            max_lifetime: self.max_lifetime.filter(|_| !keeps),
            connects_per_second: self.max_connects_per_second,
        };
        let mut replicas = Vec::new();
        for (url, weight) in &self.replicas {
            // It need not be there yet.
            let settings = Settings { min: 0, ..settings };
            let pool = Pool::open(connector.replica(url)?, &settings, self.shared(dialect, size)).await?;
            replicas.push(Replica::new(pool, *weight, dialect, self.max_replica_lag));
        }
        let replicas = (!replicas.is_empty()).then(|| Replicas::new(replicas, self.no_replica));
        let pool = Pool::open(connector, &settings, self.shared(dialect, size)).await?;
        Ok(Db::from_inner(Inner::new(pool, replicas, dialect, self.acquire_timeout)))
    }

    /// What the connections to one of the servers have in common.
    fn shared(&self, dialect: &dyn Dialect, size: usize) -> Shared {
        Shared {
            epoch: AtomicU64::new(0),
            writable_since: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            statement_timeout: self.statement_timeout,
            upkeep_timeout: self.connect_timeout,
            log: Log { stdout: self.log_to_stdout, values: self.log_values, backend: dialect.name() },
            size,
            holders: Holders::default(),
            clock: Clock::start(),
            counters: Counters::default(),
        }
    }
}

impl fmt::Debug for DbOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbOptions")
            .field("url", &without_password(&self.url))
            .field("further", &self.further.iter().map(|url| without_password(url)).collect::<Vec<_>>())
            .field(
                "replicas",
                &self
                    .replicas
                    .iter()
                    .map(|(url, weight)| (without_password(url), weight))
                    .collect::<Vec<_>>(),
            )
            .field("max_connections", &self.max_connections)
            .field("min_connections", &self.min_connections)
            .field("connect_timeout", &self.connect_timeout)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_lifetime", &self.max_lifetime)
            .field("max_connects_per_second", &self.max_connects_per_second)
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
