//! Transactions.

use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex as Slot, PoisonError};

use tokio::runtime;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::AbortHandle;

use super::metrics::pool_event;
use super::pinned::{Ended, Pinned};
use super::pool::Held;
use super::session::Deadline;
use super::shared::Shared;
use super::{Db, Handle, TransactionOptions, held, reading};
use crate::driver::{BoxFuture, Control, Done, Pending};
use crate::error::{Error, Operation, Result};

/// A transaction: statements that take effect together or not at all.
///
/// Statements sent to it run one after the other, on one connection. Dropped without [`Transaction::commit`], it is rolled back.
///
/// It is over when the server ended it, when its connection was lost, and when a statement of it missed its deadline or was dropped half-way.
/// From then on everything but [`Transaction::rollback`] is [`Error::TransactionEnded`].
/// A stream may be dropped half-way: what is left of it is read before the next statement.
#[doc(alias = "sequelize.transaction")]
pub struct Transaction(Arc<Pin>);

/// A connection that is kept for one transaction, and who may use it.
pub(super) struct Pin {
    db: Db,
    number: u64,
    pinned: Arc<Mutex<Pinned>>,
    /// Whether it is within a savepoint of another.
    nested: bool,
    /// The database refuses statements of it that write.
    read_only: bool,
    /// Somebody reads a stream.
    streaming: AtomicBool,
    /// The task that reads what a dropped stream left.
    reading: Slot<Option<AbortHandle>>,
    until: Option<Deadline>,
    /// That of its connection: the primary's or a replica's.
    pool: Arc<Shared>,
    /// What is to run once it is committed.
    after_commit: Slot<Vec<BoxFuture<'static, ()>>>,
}

impl Transaction {
    /// Opens a transaction.
    pub(super) async fn begin(db: &Db, options: TransactionOptions) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let until = options.deadline.map(Deadline::in_time);
        let held = match Self::begin_on_one(db, number, options, until).await {
            // The server may have gone, or lost its cluster, since the connection was last used. Nothing was done yet, so another one will do.
            Err(Error::ConnectionLost(_) | Error::ReadOnly(_)) => {
                Box::pin(Self::begin_on_one(db, number, options, until)).await?
            }
            other => other?,
        };
        let pool = Arc::clone(held.peek().pool());
        Ok(Self::over(db.clone(), number, until, pool, Pinned::new(held)))
    }

    fn over(db: Db, number: u64, until: Option<Deadline>, pool: Arc<Shared>, pinned: Pinned) -> Self {
        let (nested, read_only) = (pinned.is_savepoint(), pinned.peek().read_only);
        let pinned = Arc::new(Mutex::new(pinned));
        let (streaming, reading) = (AtomicBool::new(false), Slot::new(None));
        let after_commit = Slot::new(Vec::new());
        Self(Arc::new(Pin {
            db,
            number,
            until,
            pool,
            pinned,
            nested,
            read_only,
            streaming,
            reading,
            after_commit,
        }))
    }

    async fn begin_on_one(
        db: &Db,
        number: u64,
        options: TransactionOptions,
        until: Option<Deadline>,
    ) -> Result<Held> {
        let begin = options.begin;
        let mut held = match db.replicas() {
            Some(replicas) if begin.read_only && !options.on_primary => {
                // Boxed, like the second attempt, so that the common case does not carry the room for it.
                Box::pin(reading::acquire(db, replicas)).await?
            }
            _ => db.pool().acquire().await?,
        };
        held.begins(number);
        let session = held.session();
        (session.transaction, session.read_only, session.until) = (Some(number), begin.read_only, until);
        let limit = session.limit()?;
        let begun = session.control(Control::Begin(begin), limit).await;
        if begun.is_err() && begin.isolation.is_some() {
            // The level may have been set, and would strike the next transaction.
            session.touched = true;
        }
        begun.map(|()| held)
    }

    /// Runs the closure of it.
    pub(super) async fn perform<T>(&self, work: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        // Pinned here and lent on, or each of those around it would keep room for it twice.
        let work = pin!(work(self));
        let work = held::within(&self.0.pool, work);
        match self.0.until {
            None => work.await,
            Some(Deadline { at, after }) => tokio::time::timeout_at(at, work)
                .await
                .unwrap_or(Err(Error::Timeout { operation: Operation::Transaction, after })),
        }
    }

    /// Runs the closure of it, and commits or rolls back.
    pub(super) async fn complete<T>(self, work: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        let outcome = self.perform(work).await;
        let is_ok = outcome.is_ok();
        self.end(is_ok).await.and(outcome)
    }

    /// Commits, or rolls back.
    ///
    /// # Errors
    /// Those of [`Transaction::commit`].
    pub(super) fn end(self, keep: bool) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            if keep {
                return self.keep().await;
            }
            // Where this fails the connection is thrown away, which undoes it too; the closure's error says more.
            let _ = self.undo().await;
            Ok(())
        })
    }

    /// Keeps what was done. Sends `COMMIT`.
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
    /// [`Error::OutcomeUnknown`] where the reply was lost, so that nobody knows; [`Error::TransactionEnded`] where it was over before;
    /// [`Error::Conflict`] and others where the server refused, in which case it is rolled back.
    #[doc(alias = "transaction.commit")]
    pub fn commit(self) -> Pending<'static, ()> {
        Pending::new(self.keep())
    }

    async fn keep(self) -> Result<()> {
        let mut pinned = self.0.lock().await?;
        let session = pinned.session();
        let outcome = match session.limit() {
            Ok(limit) => match session.control(Control::Commit, limit).await {
                Err(error @ (Error::ConnectionLost(_) | Error::Timeout { .. })) => {
                    pool_event!(WARN, session.pool(), %error, "whether a COMMIT took effect is not known");
                    return Err(Error::OutcomeUnknown);
                }
                other => other,
            },
            // Nothing was sent.
            late => late.map(drop),
        };
        if let Err(error) = outcome {
            // Where this does not work either, the connection is thrown away, which undoes it as well.
            let _ = pinned.undo().await;
            return Err(error);
        }
        if let (Some(written), false) = (self.db().written(), self.0.read_only) {
            let dialect = self.db().dialect();
            written.note(dialect, pinned.session()).await;
        }
        // What follows may want a connection of its own.
        drop(pinned);
        let hooks = self.0.take_hooks();
        drop(self);
        for hook in hooks {
            hook.await;
        }
        Ok(())
    }

    /// Runs this future after the COMMIT, before [`Transaction::commit`] or the call with the closure returns: to tell others of what is stored
    /// by then. Several run one after the other, in the order of the calls.
    ///
    /// It does not run where the transaction, or the savepoint that it was given to, is rolled back, nor where the outcome of the COMMIT is not
    /// known. By then the connection is back in the pool.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # Book::sync(&db).await?;
    /// let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    /// db.transaction(async |tx| {
    ///     let book = Book::build().title("Emma").save(tx).await?;
    ///     tx.after_commit(async move { drop(tell.send(book.id)) });
    ///     Ok(())
    /// })
    /// .await?;
    /// assert_eq!(told.recv().await, Some(1));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "afterCommit")]
    pub fn after_commit(&self, hook: impl Future<Output = ()> + Send + 'static) {
        self.0.hooks().push(Box::pin(hook));
    }

    /// Runs the closure within a savepoint: `Ok` keeps what it did, as part of this transaction; `Err`, a panic and dropping the future undo it,
    /// and this transaction can go on. Sends `SAVEPOINT`, then `RELEASE SAVEPOINT` or `ROLLBACK TO SAVEPOINT`.
    ///
    /// Statements in the closure go to the transaction that it is given. Those sent to the outer one meanwhile wait until it is over, so the
    /// closure must not wait for them.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, #[model(unique, size = 40)] title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # Book::sync(&db).await?;
    /// db.transaction(async |tx| {
    ///     Book::build().title("Emma").save(tx).await?;
    ///     let second = tx
    ///         .transaction(async |inner| {
    ///             Book::build().title("Walden").save(inner).await?;
    ///             Book::build().title("Emma").save(inner).await
    ///         })
    ///         .await;
    ///     assert!(matches!(second, Err(Error::UniqueViolation(_))));
    ///     Ok(())
    /// })
    /// .await?;
    /// assert_eq!(Book::find().count(&db).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The closure's own; [`Error::TransactionEnded`] where the transaction is over.
    #[doc(alias = "sequelize.transaction")]
    pub async fn transaction<T>(&self, work: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        Handle::Transaction(self).atomically(work).await
    }

    /// Undoes what was done. Sends `ROLLBACK`.
    ///
    /// ```no_run
    /// # async fn example(db: orm_core::db::Db) -> orm_core::Result<()> {
    /// let tx = db.begin().await?;
    /// // .. statements on `&tx` ..
    /// tx.rollback().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Timeout`] and what the database answers; it is undone all the same, since its connection is thrown away then.
    /// A transaction that was over already is no error here: it is undone.
    #[doc(alias = "transaction.rollback")]
    pub fn rollback(self) -> Pending<'static, ()> {
        Pending::new(self.undo())
    }

    async fn undo(self) -> Result<()> {
        self.0.wait().await?.undo().await
    }

    /// Sets a savepoint, and opens what is within it.
    ///
    /// Statements of others on this transaction wait until it is over. Dropped half-way, it is rolled back before the next statement.
    pub(super) async fn savepoint(&self) -> Result<Self> {
        let pinned = Pinned::savepoint(self.0.lock().await?).await?;
        let Pin { db, number, until, pool, .. } = &*self.0;
        Ok(Self::over(db.clone(), *number, *until, Arc::clone(pool), pinned))
    }

    /// Releases the savepoint that was set here, or rolls back to it, so that this transaction can go on.
    pub(super) async fn end_savepoint(&self, inner: Self, keep: bool) -> Result<()> {
        if keep {
            inner.0.lock().await?.release().await?;
            self.0.hooks().extend(inner.0.take_hooks());
        } else {
            // Where this fails the transaction is over; the error that led to it says more.
            let _ = inner.undo().await;
        }
        Ok(())
    }

    /// Whether it was to read only.
    pub(crate) fn is_read_only(&self) -> bool {
        self.0.read_only
    }

    /// Why it is over, if it is, and if nothing of it is under way.
    pub(super) fn ended(&self) -> Option<Ended> {
        self.0.pinned.try_lock().ok().and_then(|pinned| pinned.reason())
    }

    pub(super) fn pin(&self) -> &Arc<Pin> {
        &self.0
    }

    pub(super) fn db(&self) -> &Db {
        self.0.db()
    }

    #[cfg(test)]
    pub(super) fn number(&self) -> u64 {
        self.0.number
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.0.nested {
            return;
        }
        // Nothing comes after it that the rest of a stream would have to be read for.
        if let Some(task) = self.0.reading().take() {
            task.abort();
        }
    }
}

impl Pin {
    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// Waits for the statement before this one.
    pub(super) async fn lock(&self) -> Result<OwnedMutexGuard<Pinned>> {
        let mut pinned = self.wait().await?;
        if pinned.is_abandoned() {
            // Boxed, like the wait below, so that the common case does not carry the room for it.
            Box::pin(pinned.undo_abandoned()).await;
        }
        match pinned.reason() {
            Some(reason) => Err(Error::TransactionEnded(reason.text().into())),
            None => Ok(pinned),
        }
    }

    /// The same, be it over or not.
    async fn wait(&self) -> Result<OwnedMutexGuard<Pinned>> {
        if self.streaming.load(Ordering::Acquire) {
            return Err(Error::ConnectionBusy);
        }
        if let Ok(pinned) = Arc::clone(&self.pinned).try_lock_owned() {
            return Ok(pinned);
        }
        let after = self.db.acquire_timeout();
        Box::pin(tokio::time::timeout(after, Arc::clone(&self.pinned).lock_owned()))
            .await
            .map_err(|_| Error::Timeout { operation: Operation::Acquire, after })
    }

    pub(super) fn set_streaming(&self, streaming: bool) {
        self.streaming.store(streaming, Ordering::Release);
    }

    /// Lets a stream that nobody reads come to its end. The statement has the lock, so the next one waits for it.
    pub(super) fn read_to_end(&self, statement: BoxFuture<'static, Result<Done>>) {
        self.set_streaming(false);
        // Without a runtime it is dropped, and with it the transaction is over.
        let Ok(runtime) = runtime::Handle::try_current() else { return };
        let deadline = self.db.pool().shared.upkeep_timeout;
        let task = runtime.spawn(async move {
            // What it says was for its reader. Given up at the deadline, it ends the transaction.
            let _ = tokio::time::timeout(deadline, statement).await;
        });
        *self.reading() = Some(task.abort_handle());
    }

    fn hooks(&self) -> std::sync::MutexGuard<'_, Vec<BoxFuture<'static, ()>>> {
        self.after_commit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_hooks(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut *self.hooks())
    }

    fn reading(&self) -> std::sync::MutexGuard<'_, Option<AbortHandle>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("number", &self.0.number).field("db", &self.0.db).finish()
    }
}
