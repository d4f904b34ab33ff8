//! Several statements that take effect together.

use super::{Handle, Transaction, TransactionOptions};
use crate::driver::BoxFuture;
use crate::error::Result;

/// A transaction, or a savepoint of one that was open before. Dropped, it is rolled back.
pub(super) struct Scope<'a> {
    /// The one that was open before.
    outer: Option<&'a Transaction>,
    inner: Transaction,
}

impl<'a> Scope<'a> {
    pub(super) async fn open(handle: Handle<'a>) -> Result<Self> {
        match handle {
            Handle::Db(db) | Handle::Reading(db) => {
                let inner = Transaction::begin(db, TransactionOptions::new()).await?;
                Ok(Self { outer: None, inner })
            }
            Handle::Transaction(outer) => {
                let inner = outer.savepoint().await?;
                Ok(Self { outer: Some(outer), inner })
            }
        }
    }

    /// Where its statements go.
    pub(super) fn transaction(&self) -> &Transaction {
        &self.inner
    }

    /// Keeps what was done where it went well, and undoes it where not.
    ///
    /// # Errors
    /// That of the work, or why it could not be kept.
    pub(super) async fn end<T>(self, outcome: Result<T>) -> Result<T> {
        let keep = outcome.is_ok();
        self.close(keep).await.and(outcome)
    }

    fn close(self, keep: bool) -> BoxFuture<'a, Result<()>> {
        match self.outer {
            Some(outer) => Box::pin(outer.end_savepoint(self.inner, keep)),
            None => self.inner.end(keep),
        }
    }
}
