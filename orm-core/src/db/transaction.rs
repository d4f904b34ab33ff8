//! Transactions.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex as Slot, PoisonError};

use tokio::runtime;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::AbortHandle;

use super::Db;
use super::pinned::Pinned;
use super::pool::Held;
use crate::driver::{BoxFuture, Control, Done};
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
    /// Somebody reads a stream.
    streaming: AtomicBool,
    /// The task that reads what a dropped stream left.
    reading: Slot<Option<AbortHandle>>,
}

impl Transaction {
    /// Opens a transaction.
    pub(super) async fn begin(db: &Db) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let held = match Self::begin_on_one(db, number).await {
            // The server may have gone since the connection was last used. Nothing was done yet, so another one will do.
            Err(Error::ConnectionLost(_)) => Self::begin_on_one(db, number).await?,
            other => other?,
        };
        Ok(Self::over(db.clone(), number, Pinned::new(held)))
    }

    fn over(db: Db, number: u64, pinned: Pinned) -> Self {
        let nested = pinned.is_savepoint();
        let pinned = Arc::new(Mutex::new(pinned));
        let (streaming, reading) = (AtomicBool::new(false), Slot::new(None));
        Self(Arc::new(Pin { db, number, pinned, nested, streaming, reading }))
    }

    async fn begin_on_one(db: &Db, number: u64) -> Result<Held> {
        let mut held = db.pool().acquire().await?;
        held.begins(number);
        let session = held.session();
        session.transaction = Some(number);
        let deadline = session.statement_timeout();
        session.control(Control::Begin, deadline).await?;
        Ok(held)
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
    pub async fn commit(self) -> Result<()> {
        let mut pinned = self.0.lock().await?;
        let session = pinned.session();
        let deadline = session.statement_timeout();
        match session.control(Control::Commit, deadline).await {
            Ok(()) => Ok(()),
            Err(Error::ConnectionLost(_) | Error::Timeout { .. }) => Err(Error::OutcomeUnknown),
            Err(error) => {
                // Where this does not work either, the connection is thrown away, which undoes it as well.
                let _ = pinned.undo().await;
                Err(error)
            }
        }
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
    pub async fn rollback(self) -> Result<()> {
        self.0.wait().await?.undo().await
    }

    /// Runs the closure within a savepoint: `Ok` releases it, and `Err` rolls back to it, so that this transaction can go on.
    ///
    /// Statements of others on this transaction wait until it is over. Dropped half-way, it is rolled back before the next statement.
    pub(super) async fn savepoint<T>(&self, work: impl AsyncFnOnce(&Self) -> Result<T>) -> Result<T> {
        let pinned = Pinned::savepoint(self.0.lock().await?).await?;
        let inner = Self::over(self.0.db.clone(), self.0.number, pinned);
        match work(&inner).await {
            Ok(value) => {
                inner.0.lock().await?.release().await?;
                Ok(value)
            }
            Err(error) => {
                // Where this fails the transaction is over; the closure's error says more.
                let _ = inner.rollback().await;
                Err(error)
            }
        }
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
        pinned.undo_abandoned().await;
        match pinned.reason() {
            Some(reason) => Err(Error::TransactionEnded(reason)),
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
        tokio::time::timeout(after, Arc::clone(&self.pinned).lock_owned())
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

    fn reading(&self) -> std::sync::MutexGuard<'_, Option<AbortHandle>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("number", &self.0.number).field("db", &self.0.db).finish()
    }
}
