//! Connections: `Db`, its options, the pool, transactions, the statement log.

mod backoff;
mod blame;
mod clock;
mod executor;
mod held;
mod holders;
mod lease;
mod limits;
mod line;
mod log;
mod metrics;
mod opener;
mod options;
mod pace;
mod pinned;
mod places;
mod pool;
mod reading;
mod replica;
mod retry;
mod scope;
mod session;
mod shared;
mod stream;
mod sweep;
mod texts;
mod transaction;
mod transaction_options;
mod written;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use crate::driver::Isolation;
use crate::driver::{NoRows, Pending};
use crate::error::Result;
use crate::sql::Dialect;

pub use executor::{Executor, Handle};
pub(crate) use lease::{Call, CallStatement, Lease};
pub use metrics::PoolMetrics;
pub use options::DbOptions;
pub use replica::NoReplica;
pub use retry::Retry;
pub(crate) use stream::Streaming;
pub use transaction::Transaction;
pub use transaction_options::TransactionOptions;

use pool::Pool;
use replica::Replicas;
use texts::Texts;
use written::Written;

/// A database: a pool of connections to it. Cheap to clone; all clones share the pool.
///
/// ```no_run
/// # async fn example() -> orm_core::Result<()> {
/// use orm_core::db::Db;
///
/// let db = Db::connect("sqlite::memory:").await?;
/// db.authenticate().await?;
/// db.close().await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "Sequelize")]
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    /// Up to where this handle has written, where it wants to read that from replicas.
    written: Option<Arc<Written>>,
}

struct Inner {
    pool: Pool,
    replicas: Option<Replicas>,
    dialect: &'static dyn Dialect,
    acquire_timeout: Duration,
    texts: Texts,
}

impl Inner {
    fn new(
        pool: Pool,
        replicas: Option<Replicas>,
        dialect: &'static dyn Dialect,
        acquire_timeout: Duration,
    ) -> Self {
        Self { pool, replicas, dialect, acquire_timeout, texts: Texts::new() }
    }
}

impl Db {
    /// Connects to the database at this URL, with [`DbOptions`] as they are unless told. The first connection is opened now.
    ///
    /// ```no_run
    /// # async fn example() -> orm_core::Result<()> {
    /// use orm_core::db::Db;
    ///
    /// let db = Db::connect("mysql://user12:12user@localhost:3306/testdb").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`DbOptions::connect`].
    #[doc(alias = "Sequelize")]
    pub fn connect(url: impl AsRef<str>) -> Pending<'static, Self> {
        DbOptions::new(url.as_ref()).connect()
    }

    /// Asks the database whether it is there. Sends `SELECT 1+1 AS result`.
    ///
    /// ```no_run
    /// # async fn example(db: orm_core::db::Db) -> orm_core::Result<()> {
    /// db.authenticate().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What connecting or the statement can say, such as [`Error::ConnectionLost`](crate::Error::ConnectionLost).
    #[doc(alias = "sequelize.authenticate")]
    pub fn authenticate(&self) -> Pending<'_, ()> {
        let call = Call::text("SELECT 1+1 AS result");
        Pending::new(async move { self.handle().send(&call, &mut NoRows).await.map(|_| ()) })
    }

    /// Closes the database for all its clones: from now on every statement is [`Error::Closed`](crate::Error::Closed).
    ///
    /// Says good-bye on the connections that nobody uses. Those in use may finish what they do, a transaction may still be
    /// committed, and are closed after that; this does not wait for them.
    ///
    /// ```no_run
    /// # async fn example(db: orm_core::db::Db) -> orm_core::Result<()> {
    /// db.close().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None today.
    #[doc(alias = "sequelize.close")]
    pub fn close(&self) -> Pending<'_, ()> {
        Pending::new(async move {
            self.pool().close().await;
            if let Some(replicas) = self.replicas() {
                replicas.close().await;
            }
            Ok(())
        })
    }

    /// Runs the closure in a transaction: `Ok` commits it; `Err`, a panic and dropping the future roll it back.
    ///
    /// The closure runs once and is never retried. Statements in it go to the transaction, not to the `Db`.
    ///
    /// ```no_run
    /// # async fn example(db: orm_core::db::Db) -> orm_core::Result<()> {
    /// let answer = db
    ///     .transaction(async |tx| {
    ///         // .. statements on `tx` ..
    ///         Ok(42)
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The closure's own error; those of [`Db::begin`] and [`Transaction::commit`].
    #[doc(alias = "sequelize.transaction")]
    pub async fn transaction<T>(&self, work: impl AsyncFnOnce(&Transaction) -> Result<T>) -> Result<T> {
        self.transaction_with(TransactionOptions::new(), work).await
    }

    /// The same for a transaction of another kind: its isolation level, for reading only, with a deadline. See [`TransactionOptions`].
    ///
    /// # Errors
    /// As [`Db::transaction`].
    #[doc(alias = "sequelize.transaction")]
    pub async fn transaction_with<T>(
        &self,
        options: TransactionOptions,
        work: impl AsyncFnOnce(&Transaction) -> Result<T>,
    ) -> Result<T> {
        self.begin_with(options).await?.complete(work).await
    }

    /// Opens a transaction that ends with [`Transaction::commit`] or [`Transaction::rollback`]; dropped, it is rolled back.
    ///
    /// ```no_run
    /// # async fn example(db: orm_core::db::Db) -> orm_core::Result<()> {
    /// let tx = db.begin().await?;
    /// // .. statements on `&tx` ..
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::PoolExhausted`](crate::Error::PoolExhausted), [`Error::Closed`](crate::Error::Closed) and what the database answers.
    #[doc(alias = "sequelize.startUnmanagedTransaction")]
    pub fn begin(&self) -> Pending<'_, Transaction> {
        self.begin_with(TransactionOptions::new())
    }

    /// The same for a transaction of another kind.
    ///
    /// ```no_run
    /// # async fn example(db: orm_core::db::Db) -> orm_core::Result<()> {
    /// use orm_core::db::TransactionOptions;
    ///
    /// let tx = db.begin_with(TransactionOptions::new().read_only()).await?;
    /// // .. statements on `&tx` ..
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Db::begin`].
    #[doc(alias = "sequelize.startUnmanagedTransaction")]
    pub fn begin_with(&self, options: TransactionOptions) -> Pending<'_, Transaction> {
        Pending::new(Transaction::begin(self, options))
    }

    /// A handle to the same database whose reads see what it has written, though they go to replicas: each call that writes on the primary, and each
    /// commit, is followed by a question up to where a replica has to come, and each read waits on its replica until that has come there. Where it
    /// has not within `patience`, or the server keeps no global transaction ids, the primary answers. Clones share what was written; another call of
    /// this makes a handle that has written nothing.
    ///
    /// It costs a round trip after a write and one before a read, so it is for the few places that need it: a handle for the request that has just
    /// changed something, say. Without replicas, and on SQLite, nothing is sent and the primary answers.
    ///
    /// ```no_run
    /// # async fn example(db: orm_core::db::Db) -> orm_core::Result<()> {
    /// use std::time::Duration;
    ///
    /// let mine = db.read_your_writes(Duration::from_millis(500));
    /// // .. what is written on `&mine` is seen by reads on `&mine` ..
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_your_writes(&self, patience: Duration) -> Self {
        let written = self.replicas().is_some().then(|| Arc::new(Written::new(patience)));
        Self { inner: Arc::clone(&self.inner), written }
    }

    /// `mysql`, `mariadb` or `sqlite`: for logs and tests, not to decide by.
    #[doc(alias = "sequelize.getDialect")]
    pub fn dialect_name(&self) -> &'static str {
        self.dialect().name()
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect
    }

    fn from_inner(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), written: None }
    }

    fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    fn replicas(&self) -> Option<&Replicas> {
        self.inner.replicas.as_ref()
    }

    fn written(&self) -> Option<&Written> {
        self.written.as_deref()
    }

    fn texts(&self) -> &Texts {
        &self.inner.texts
    }

    fn acquire_timeout(&self) -> Duration {
        self.inner.acquire_timeout
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db")
            .field("backend", &self.dialect_name())
            .field("max_connections", &self.pool().size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
