//! Where statements can be sent: a `Db` or a `Transaction`.

use super::lease::{Call, Lease};
use super::scope::Scope;
use super::stream::Streaming;
use super::{Db, Transaction, reading};
use crate::driver::{BoxFuture, Done, RowSink};
use crate::error::Result;
use crate::schema::Table;
use crate::sql::Dialect;
use crate::value::Value;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Db {}
    impl Sealed for super::Transaction {}
}

/// What statements can be sent to: [`Db`] and [`Transaction`], and nothing else.
///
/// ```no_run
/// # async fn example(db: orm_core::db::Db) -> orm_core::Result<()> {
/// use orm_core::db::Executor;
///
/// async fn works_with_both(executor: &impl Executor) { /* pass `executor` to any verb */ }
///
/// works_with_both(&db).await;
/// db.transaction(async |tx| Ok(works_with_both(tx).await)).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "expected `&Db` or `&Transaction`, found `&{Self}`",
    label = "statements cannot be sent to this",
    note = "pass `&db` outside of a transaction, and `tx` inside of one"
)]
pub trait Executor: sealed::Sealed + Send + Sync {
    /// Which of the two it is.
    #[doc(hidden)]
    fn handle(&self) -> Handle<'_>;
}

impl Executor for Db {
    fn handle(&self) -> Handle<'_> {
        Handle::Db(self)
    }
}

impl Executor for Transaction {
    fn handle(&self) -> Handle<'_> {
        Handle::Transaction(self)
    }
}

/// A `Db` or a `Transaction`, borrowed.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Handle<'a> {
    /// Each statement takes a connection of the pool.
    Db(&'a Db),
    /// The same for what only reads: it may go to a replica, and once more elsewhere.
    Reading(&'a Db),
    /// All statements take the connection of the transaction.
    Transaction(&'a Transaction),
}

impl<'a> Handle<'a> {
    pub(crate) fn db(self) -> &'a Db {
        match self {
            Self::Db(db) | Self::Reading(db) => db,
            Self::Transaction(transaction) => transaction.db(),
        }
    }

    /// The same for what only reads.
    pub(crate) fn reading(self) -> Self {
        match self {
            Self::Db(db) => Self::Reading(db),
            other => other,
        }
    }

    pub(crate) fn dialect(self) -> &'static dyn Dialect {
        self.db().dialect()
    }

    /// A connection: one of the pool, or that of the transaction once it is free.
    ///
    /// # Errors
    /// Of the pool: `Closed`, `PoolExhausted`, and whatever opening a connection can say. Of a transaction: `ConnectionBusy` while a
    /// stream of it is open, `TransactionEnded` when it is over.
    pub(crate) fn lease(self) -> BoxFuture<'a, Result<Lease<'a>>> {
        Box::pin(async move {
            match self {
                Self::Db(db) => Ok(Lease::pooled(db, db.pool().acquire().await?)),
                Self::Reading(db) => match db.replicas() {
                    None => Ok(Lease::reading(db, db.pool().acquire().await?)),
                    // Boxed, so that those without replicas do not carry the room for it.
                    Some(replicas) => Ok(Lease::reading(db, Box::pin(reading::acquire(db, replicas)).await?)),
                },
                Self::Transaction(transaction) => Lease::of_transaction(transaction.pin(), false).await,
            }
        })
    }

    /// A statement whose rows arrive while it is polled. Until it is dropped, a transaction refuses other statements.
    pub(crate) fn stream(
        self,
        table: &'static Table,
        sql: String,
        params: Vec<Value<'static>>,
        sink: impl RowSink + 'static,
    ) -> Streaming<'a> {
        Streaming::new(self, table, sql, params, sink)
    }

    /// Runs one statement.
    pub(crate) fn run<'c>(self, call: &'c Call<'c>, sink: &'c mut dyn RowSink) -> BoxFuture<'c, Result<Done>>
    where
        'a: 'c,
    {
        Box::pin(self.send(call, sink))
    }

    /// The same, for futures that are boxed as a whole, here and not where a model is known: an `async fn` is compiled wherever it is polled.
    ///
    /// Outside of a transaction it is sent once more on another connection, where it had no effect on the first, which was lost or led to where
    /// nothing can be written.
    #[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for its arguments twice")]
    pub(crate) fn send<'c>(
        self,
        call: &'c Call<'c>,
        sink: &'c mut dyn RowSink,
    ) -> impl Future<Output = Result<Done>> + Send + 'c
    where
        'a: 'c,
    {
        async move {
            let mut lease = match self {
                Self::Db(db) => Lease::pooled(db, db.pool().acquire().await?),
                Self::Reading(db) => {
                    if let Some(replicas) = db.replicas()
                        // Boxed, so that those without replicas do not carry the room for it.
                        && let Some(done) = Box::pin(reading::run(db, replicas, call, &mut *sink)).await?
                    {
                        return Ok(done);
                    }
                    Lease::reading(db, db.pool().acquire().await?)
                }
                Self::Transaction(transaction) => Lease::of_transaction(transaction.pin(), false).await?,
            };
            let outcome = lease.send(call, &mut *sink).await;
            if outcome.as_ref().is_err_and(|error| lease.may_do_better_elsewhere(error)) {
                drop(outcome);
                return Box::pin(lease.send_elsewhere(call, sink)).await;
            }
            outcome
        }
    }

    /// Runs several statements that take effect together: in a transaction of their own, or within a savepoint of the one that is
    /// open, so that a caller who goes on after an error finds nothing half done. The closure sends to what it is given, and nowhere else.
    pub(crate) async fn atomically<T>(self, work: impl AsyncFnOnce(&Transaction) -> Result<T>) -> Result<T> {
        let scope = self.scope().await?;
        let outcome = work(scope.transaction()).await;
        scope.end(outcome).await
    }

    /// Boxed here, where no model is known.
    fn scope(self) -> BoxFuture<'a, Result<Scope<'a>>> {
        Box::pin(Scope::open(self))
    }
}
