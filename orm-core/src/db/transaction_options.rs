//! What kind of transaction is wanted.

use std::time::Duration;

use crate::driver::{Begin, Isolation};

/// What kind of transaction is wanted, for [`Db::transaction_with`](super::Db::transaction_with) and its kin.
///
/// ```
/// # use orm_core::prelude::*;
/// # use std::time::Duration;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// # let db = Db::connect("sqlite::memory:").await?;
/// # Book::sync(&db).await?;
/// use orm_core::db::{Isolation, TransactionOptions};
///
/// let options = TransactionOptions::new()
///     .isolation(Isolation::Serializable)
///     .read_only()
///     .deadline(Duration::from_secs(5));
/// let (books, loans) = db
///     .transaction_with(options, async |tx| {
///         Ok((Book::find().count(tx).await?, Book::find().sum(tx, Book::LOANS).await?))
///     })
///     .await?;
/// # assert_eq!((books, loans.is_none()), (0, true));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct TransactionOptions {
    pub(super) begin: Begin,
    pub(super) deadline: Option<Duration>,
    pub(super) on_primary: bool,
}

impl TransactionOptions {
    /// As the database has it: its own isolation level, reading and writing, as long as it takes.
    pub fn new() -> Self {
        Self::default()
    }

    /// How far it is kept from what others do at the same time. Sends `SET TRANSACTION ISOLATION LEVEL ..` with the `START TRANSACTION`, which
    /// holds for this transaction only.
    ///
    /// SQLite's transactions are serializable, whatever is said here. Left alone, MySQL and MariaDB take what the server is set to: REPEATABLE
    /// READ at their defaults.
    #[doc(alias = "isolationLevel")]
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.begin.isolation = Some(isolation);
        self
    }

    /// That it only reads: a statement that writes is [`Error::ReadOnly`](crate::Error::ReadOnly), refused by the database. Where the `Db` has
    /// replicas it runs on one of them. On SQLite such a transaction does not wait for those that write, nor do they wait for it.
    #[doc(alias = "readOnly")]
    pub fn read_only(mut self) -> Self {
        self.begin.read_only = true;
        self
    }

    /// That it runs on the primary, though it only reads and there are replicas.
    #[doc(alias = "useMaster")]
    pub fn on_primary(mut self) -> Self {
        self.on_primary = true;
        self
    }

    /// How long it may take in all, from its begin to its commit, what its closure does besides included. After that it is rolled back, and the
    /// answer is [`Error::Timeout`](crate::Error::Timeout). One whose COMMIT was under way by then is
    /// [`Error::OutcomeUnknown`](crate::Error::OutcomeUnknown).
    pub fn deadline(mut self, time: Duration) -> Self {
        self.deadline = Some(time);
        self
    }
}
