//! The records that belong to one.

use super::children::{Children, query_of};
use super::reference::{List, Reference};
use crate::db::Executor;
use crate::driver::Pending;
use crate::model::Model;
use crate::query::{DraftParts, Query, Saved};
use crate::relation::association::{Data, foreign};

/// What the accessors of a `has_many` of `M` call.
pub trait HasManyTarget<'a, M>: Sized {
    /// What stands for its key.
    type Key;

    /// `user.tasks()`: the records of this one.
    fn query(data: Data, record: &M) -> Query<Self>;

    /// `user.count_tasks(..)`: how many records this one has.
    fn count(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64>;

    /// `user.has_task(..)`: whether this is one of its records.
    fn has<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> Pending<'a, bool>;

    /// `user.has_tasks(..)`: whether all of these are its records.
    fn has_all<By, R: Reference<Self, Self::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, bool>;

    /// `user.add_task(..)`: makes this one of its records.
    fn add<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> Pending<'a, ()>;

    /// `user.add_tasks(..)`: makes these its records.
    fn add_all<By, R: Reference<Self, Self::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, ()>;

    /// `user.set_tasks(..)`: makes these its only records.
    fn set<By, R: Reference<Self, Self::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, ()>;

    /// `user.remove_task(..)`: un-links this record.
    fn remove<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> Pending<'a, u64>;

    /// `user.remove_tasks(..)`: un-links these records.
    fn remove_all<By, R: Reference<Self, Self::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, u64>;

    /// `user.clear_tasks(..)`: un-links all of its records.
    fn clear(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64>;

    /// `user.create_task(..)`: saves a record of its own.
    fn create<D: DraftParts<Self>>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        draft: D,
    ) -> Pending<'a, Saved<Self, D>>;
}

impl<'a, M: Model, T: Model> HasManyTarget<'a, M> for T {
    type Key = T::Key;

    fn query(data: Data, record: &M) -> Query<T> {
        query_of(Children::<T>::of(record, foreign::<M, T>(&data)).map(|children| children.condition()))
    }

    fn count(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64> {
        let (children, handle) = (Children::<T>::of(record, foreign::<M, T>(&data)), db.handle());
        Pending::new(async move { children?.count(handle).await })
    }

    fn has<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> Pending<'a, bool> {
        let (children, list, handle) =
            (Children::of(record, foreign::<M, T>(&data)), List::by_key([reference]), db.handle());
        Pending::new(async move { children?.has(handle, list?).await })
    }

    fn has_all<By, R: Reference<T, T::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, bool> {
        let (children, list, handle) =
            (Children::of(record, foreign::<M, T>(&data)), List::by_key(list), db.handle());
        Pending::new(async move { children?.has(handle, list?).await })
    }

    fn add<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> Pending<'a, ()> {
        let (children, list, handle) =
            (Children::of(record, foreign::<M, T>(&data)), List::by_key([reference]), db.handle());
        Pending::new(async move { children?.add(handle, list?).await })
    }

    fn add_all<By, R: Reference<T, T::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, ()> {
        let (children, list, handle) =
            (Children::of(record, foreign::<M, T>(&data)), List::by_key(list), db.handle());
        Pending::new(async move { children?.add(handle, list?).await })
    }

    fn set<By, R: Reference<T, T::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, ()> {
        let (children, list, handle) =
            (Children::of(record, foreign::<M, T>(&data)), List::by_key(list), db.handle());
        Pending::new(async move { children?.set(handle, list?).await })
    }

    fn remove<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> Pending<'a, u64> {
        let (children, list, handle) =
            (Children::of(record, foreign::<M, T>(&data)), List::by_key([reference]), db.handle());
        Pending::new(async move { children?.remove(handle, list?).await })
    }

    fn remove_all<By, R: Reference<T, T::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, u64> {
        let (children, list, handle) =
            (Children::of(record, foreign::<M, T>(&data)), List::by_key(list), db.handle());
        Pending::new(async move { children?.remove(handle, list?).await })
    }

    fn clear(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64> {
        let (children, handle) = (Children::<T>::of(record, foreign::<M, T>(&data)), db.handle());
        Pending::new(async move { children?.clear(handle).await })
    }

    fn create<D: DraftParts<T>>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        draft: D,
    ) -> Pending<'a, Saved<T, D>> {
        let (children, draft, handle) =
            (Children::<T>::of(record, foreign::<M, T>(&data)), draft.into_draft(), db.handle());
        Pending::new(async move { children?.create(handle, draft, false).await })
    }
}
