//! Row locks.

use super::Query;
use crate::db::Handle;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::sql::{Locked, RowLock, Rows};

impl<M: Model, O: Send + 'static> Query<M, O> {
    /// Locks the rows that are read, until the transaction is over: others can neither change them nor lock them themselves. To read a row, decide,
    /// and write it, without anybody in between. Adds `FOR UPDATE`.
    ///
    /// It takes a transaction: on a `Db` the lock would end with its statement, which is [`Error::Unsupported`]. The rows of one-to-one includes are
    /// locked too, since they ride along; those of to-many includes, which are statements of their own, are not. On SQLite a transaction that is
    /// not for reading only has the whole database to itself from its begin, so nothing is added.
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
    /// # Book::bulk_create(&db, ["Emma", "Walden", "Utopia"].map(|title| Book::build().title(title))).await?;
    /// db.transaction(async |tx| {
    ///     let book = Book::find().filter(Book::ID.eq(1)).lock_for_update().one(tx).await?;
    ///     // SELECT .. FROM `books` WHERE `id` = ? FOR UPDATE
    ///     if let Some(mut book) = book.filter(|book| book.loans == 0) {
    ///         book.update(tx, Book::LOANS.set(1)).await?;
    ///     }
    ///     Ok(())
    /// })
    /// .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "lock")]
    #[doc(alias = "LOCK.UPDATE")]
    pub fn lock_for_update(self) -> Self {
        self.lock(|lock| lock.shared = false)
    }

    /// Locks the rows that are read so that others can read and share them, and not change them, until the transaction is over. Adds `FOR SHARE`, on
    /// MariaDB `LOCK IN SHARE MODE`. For the rest it is as [`Query::lock_for_update`].
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
    /// # Book::bulk_create(&db, ["Emma", "Walden", "Utopia"].map(|title| Book::build().title(title))).await?;
    /// let tx = db.begin().await?;
    /// let books = Book::find().lock_for_share().all(&tx).await?;
    /// tx.commit().await?;
    /// # assert_eq!(books.len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "LOCK.SHARE")]
    pub fn lock_for_share(self) -> Self {
        self.lock(|lock| lock.shared = true)
    }

    /// Leaves out the rows that others have locked, instead of waiting for them: each worker takes jobs that no other has. Adds `SKIP LOCKED` to the
    /// lock, which is `FOR UPDATE` unless another was asked for. SQLite knows one writer at a time, so nothing is locked by others there.
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
    /// # Book::bulk_create(&db, ["Emma", "Walden", "Utopia"].map(|title| Book::build().title(title))).await?;
    /// let tx = db.begin().await?;
    /// let next = Book::find().order_by(Book::ID).lock_for_update().skip_locked().one(&tx).await?;
    /// tx.commit().await?;
    /// # assert!(next.is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "skipLocked")]
    pub fn skip_locked(self) -> Self {
        self.lock(|lock| lock.locked = Locked::Skip)
    }

    /// Fails at once with [`Error::LockTimeout`] where others have locked a row, instead of waiting for it. The transaction goes on. Adds `NOWAIT` to
    /// the lock, which is `FOR UPDATE` unless another was asked for. SQLite knows one writer at a time, so nothing is locked by others there.
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
    /// # Book::bulk_create(&db, ["Emma", "Walden", "Utopia"].map(|title| Book::build().title(title))).await?;
    /// let tx = db.begin().await?;
    /// match Book::find().filter(Book::ID.eq(1)).lock_for_update().nowait().one(&tx).await {
    ///     Err(Error::LockTimeout(_)) => println!("somebody else is at it"),
    ///     book => assert!(book?.is_some()),
    /// }
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "noWait")]
    pub fn nowait(self) -> Self {
        self.lock(|lock| lock.locked = Locked::Fail)
    }

    fn lock(mut self, change: impl FnOnce(&mut RowLock)) -> Self {
        change(self.rows.lock.get_or_insert(RowLock { shared: false, locked: Locked::Wait }));
        self
    }
}

/// Refuses locks that would not last.
pub(super) fn must_last(rows: &Rows, handle: Handle<'_>) -> Result<()> {
    if rows.lock.is_none() {
        return Ok(());
    }
    match handle {
        Handle::Db(_) | Handle::Reading(_) => Err(Error::Unsupported(
            "a row lock lasts as long as its transaction: pass `tx` instead of `&db`".into(),
        )),
        Handle::Transaction(tx) if tx.is_read_only() => {
            Err(Error::Unsupported("a transaction that only reads takes no row locks".into()))
        }
        Handle::Transaction(_) => Ok(()),
    }
}

/// Refuses locks where no rows are read.
pub(super) fn must_read(rows: &Rows) -> Result<()> {
    match rows.lock {
        None => Ok(()),
        Some(_) => Err(Error::Unsupported(
            "row locks are for queries that read rows: lock with `all`, `one` or `stream` first".into(),
        )),
    }
}
