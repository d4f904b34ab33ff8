//! The one record that belongs to another.

use super::children::{Children, query_of};
use super::reference::{List, Reference};
use crate::db::Executor;
use crate::driver::Pending;
use crate::model::{Model, Order};
use crate::query::{DraftParts, Saved};
use crate::relation::association::{Data, foreign};
use crate::sql::OrderTerm;

/// What the accessors of a `has_one` of `M` call.
pub trait HasOneTarget<'a, M>: Sized {
    /// What stands for its key.
    type Key;

    /// `user.profile(..)`: the record of this one, the first by key where there are several.
    fn get(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, Option<Self>>;

    /// `user.set_profile(..)`: makes this its one record.
    fn set<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> Pending<'a, ()>;

    /// `user.clear_profile(..)`: un-links its record.
    fn clear(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64>;

    /// `user.create_profile(..)`: saves its one record.
    fn create<D: DraftParts<Self>>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        draft: D,
    ) -> Pending<'a, Saved<Self, D>>;
}

impl<'a, M: Model, T: Model> HasOneTarget<'a, M> for T {
    type Key = T::Key;

    fn get(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, Option<T>> {
        let children = Children::<T>::of(record, foreign::<M, T>(&data)).map(|children| children.condition());
        let order: Vec<Order<T>> =
            T::TABLE.key_columns().map(|column| Order::from_term(OrderTerm::of(column))).collect();
        query_of::<T>(children).order_by(order).one(db).into()
    }

    fn set<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> Pending<'a, ()> {
        let (children, list, handle) =
            (Children::of(record, foreign::<M, T>(&data)), List::by_key([reference]), db.handle());
        Pending::new(async move { children?.set(handle, list?).await })
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
        Pending::new(async move { children?.create(handle, draft, true).await })
    }
}
