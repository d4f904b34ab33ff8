//! Connections: `Db`, its options, the pool, transactions, the statement log.

mod backoff;
mod blame;
mod executor;
mod holders;
mod lease;
mod limits;
mod log;
mod metrics;
mod opener;
mod options;
mod pace;
mod pinned;
mod pool;
mod session;
mod shared;
mod stream;
mod sweep;
mod texts;
mod transaction;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::driver::NoRows;
use crate::error::Result;
use crate::sql::Dialect;

pub use executor::{Executor, Handle};
pub(crate) use lease::{Call, CallStatement, Lease};
pub use metrics::PoolMetrics;
pub use options::DbOptions;
pub(crate) use stream::Streaming;
pub use transaction::Transaction;

use pool::Pool;
use texts::Texts;

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
pub struct Db(Arc<Inner>);

struct Inner {
    pool: Pool,
    dialect: &'static dyn Dialect,
    acquire_timeout: Duration,
    texts: Texts,
}

impl Inner {
    fn new(pool: Pool, dialect: &'static dyn Dialect, acquire_timeout: Duration) -> Self {
        Self { pool, dialect, acquire_timeout, texts: Texts::new() }
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
    pub async fn connect(url: impl AsRef<str>) -> Result<Self> {
        DbOptions::new(url.as_ref()).connect().await
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
    pub async fn authenticate(&self) -> Result<()> {
        let call = Call { table: None, statement: CallStatement::Text("SELECT 1+1 AS result") };
        self.handle().run(call, Vec::new(), &mut NoRows).await.map(|_| ())
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
    pub async fn close(&self) -> Result<()> {
        self.pool().close().await;
        Ok(())
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
        let transaction = self.begin().await?;
        match work(&transaction).await {
            Ok(value) => {
                transaction.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // Where this fails the connection is thrown away, which undoes it too; the closure's error says more.
                let _ = transaction.rollback().await;
                Err(error)
            }
        }
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
    pub async fn begin(&self) -> Result<Transaction> {
        Transaction::begin(self).await
    }

    /// `mysql`, `mariadb` or `sqlite`: for logs and tests, not to decide by.
    #[doc(alias = "sequelize.getDialect")]
    pub fn dialect_name(&self) -> &'static str {
        self.dialect().name()
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.0.dialect
    }

    fn from_inner(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    fn pool(&self) -> &Pool {
        &self.0.pool
    }

    fn texts(&self) -> &Texts {
        &self.0.texts
    }

    fn acquire_timeout(&self) -> Duration {
        self.0.acquire_timeout
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
