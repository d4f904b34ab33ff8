//! The records that belong to one.

use super::children::{Children, query_of};
use super::reference::{List, Reference};
use crate::db::Executor;
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::model::{IntoDraft, Model, Presence, Unlinks};
use crate::query::Query;
use crate::relation::{Association, HasMany};

impl<M: Model, T: Model, P: Presence> Association<M, T, HasMany<P>> {
    /// The records of this one, to be narrowed, ordered and paged. Nothing is sent yet.
    #[doc(alias = "getTasks")]
    pub fn query(self, record: &M) -> Query<T> {
        query_of(Children::<T>::of(record, self.link()).map(|children| children.condition()))
    }

    /// How many records this one has: one SELECT.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "countTasks")]
    pub fn count_of<'a, E: Executor + ?Sized>(self, record: &'a M, db: &'a E) -> BoxFuture<'a, Result<u64>> {
        let (children, handle) = (Children::<T>::of(record, self.link()), db.handle());
        Box::pin(async move { children?.count(handle).await })
    }

    /// Whether this is one of its records: one SELECT.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "hasTask")]
    pub fn has<'a, E: Executor + ?Sized, By>(
        self,
        record: &'a M,
        db: &'a E,
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> BoxFuture<'a, Result<bool>> {
        self.has_all(record, db, [reference])
    }

    /// Whether all of these are its records; of none they are: one SELECT for up to 1,000 of them.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "hasTasks")]
    pub fn has_all<'a, E: Executor + ?Sized, By, R: Reference<T, T::Key, By> + 'a>(
        self,
        record: &'a M,
        db: &'a E,
        list: impl IntoIterator<Item = R>,
    ) -> BoxFuture<'a, Result<bool>> {
        let (children, list, handle) =
            (Children::<T>::of(record, self.link()), List::by_key(list), db.handle());
        Box::pin(async move { children?.has(handle, list?).await })
    }

    /// Makes this one of its records, whoever's it was before: one UPDATE.
    ///
    /// # Errors
    /// [`Error::UnknownKeys`](crate::Error::UnknownKeys) where there is no such record; whatever the database says.
    #[doc(alias = "addTask")]
    pub fn add<'a, E: Executor + ?Sized, By>(
        self,
        record: &'a M,
        db: &'a E,
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> BoxFuture<'a, Result<()>> {
        self.add_all(record, db, [reference])
    }

    /// Makes these its records, whoever's they were before: one UPDATE for up to 1,000 of them, in a transaction, or within a savepoint of
    /// the caller's own. One that is given twice counts once.
    ///
    /// # Errors
    /// [`Error::UnknownKeys`](crate::Error::UnknownKeys) where some are not there; whatever the database says. Then nothing is changed.
    #[doc(alias = "addTasks")]
    pub fn add_all<'a, E: Executor + ?Sized, By, R: Reference<T, T::Key, By> + 'a>(
        self,
        record: &'a M,
        db: &'a E,
        list: impl IntoIterator<Item = R>,
    ) -> BoxFuture<'a, Result<()>> {
        let (children, list, handle) =
            (Children::<T>::of(record, self.link()), List::by_key(list), db.handle());
        Box::pin(async move { children?.add(handle, list?).await })
    }

    /// Makes these its only records: a SELECT of the keys that it has, and UPDATEs of the difference, in a transaction, or within a savepoint
    /// of the caller's own.
    ///
    /// # Errors
    /// [`Error::UnknownKeys`](crate::Error::UnknownKeys) where some are not there; whatever the database says. Then nothing is changed.
    #[doc(alias = "setTasks")]
    pub fn set<'a, E: Executor + ?Sized, By, R: Reference<T, T::Key, By> + 'a>(
        self,
        record: &'a M,
        db: &'a E,
        list: impl IntoIterator<Item = R>,
    ) -> BoxFuture<'a, Result<()>>
    where
        P: Unlinks<'a>,
    {
        let (children, list, handle) =
            (Children::<T>::of(record, self.link()), List::by_key(list), db.handle());
        Box::pin(async move { children?.set(handle, list?).await })
    }

    /// Un-links this record, and says whether it was one of its own (0 or 1): one UPDATE.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "removeTask")]
    pub fn remove<'a, E: Executor + ?Sized, By>(
        self,
        record: &'a M,
        db: &'a E,
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> BoxFuture<'a, Result<u64>>
    where
        P: Unlinks<'a>,
    {
        self.remove_all(record, db, [reference])
    }

    /// Un-links these records, and says how many there were; those that are not its own are left alone: one UPDATE for up to 1,000 of
    /// them, and for more several in a transaction, or within a savepoint of the caller's own.
    ///
    /// # Errors
    /// Whatever the database says. Then nothing is changed.
    #[doc(alias = "removeTasks")]
    pub fn remove_all<'a, E: Executor + ?Sized, By, R: Reference<T, T::Key, By> + 'a>(
        self,
        record: &'a M,
        db: &'a E,
        list: impl IntoIterator<Item = R>,
    ) -> BoxFuture<'a, Result<u64>>
    where
        P: Unlinks<'a>,
    {
        let (children, list, handle) =
            (Children::<T>::of(record, self.link()), List::by_key(list), db.handle());
        Box::pin(async move { children?.remove(handle, list?).await })
    }

    /// Un-links all of its records, and says how many there were: one UPDATE.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "setTasks")]
    pub fn clear<'a, E: Executor + ?Sized>(self, record: &'a M, db: &'a E) -> BoxFuture<'a, Result<u64>>
    where
        P: Unlinks<'a>,
    {
        let (children, handle) = (Children::<T>::of(record, self.link()), db.handle());
        Box::pin(async move { children?.clear(handle).await })
    }

    /// Saves a record of its own: one INSERT. What the draft says of the foreign key does not matter.
    ///
    /// # Errors
    /// [`Error::ForeignKeyViolation`](crate::Error::ForeignKeyViolation) where this one is gone; whatever the database says.
    #[doc(alias = "createTask")]
    pub fn create<'a, E: Executor + ?Sized>(
        self,
        record: &'a M,
        db: &'a E,
        draft: impl IntoDraft<T>,
    ) -> BoxFuture<'a, Result<T>> {
        let (children, draft, handle) =
            (Children::<T>::of(record, self.link()), draft.into_draft(), db.handle());
        Box::pin(async move { children?.create(handle, draft, false).await })
    }
}
