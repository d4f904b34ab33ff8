//! The one record that belongs to another.

use super::children::{Children, query_of};
use super::reference::{List, Reference};
use crate::db::Executor;
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::model::{IntoDraft, Model, Order, Presence, Unlinks};
use crate::relation::{Association, HasOne};
use crate::sql::OrderTerm;

impl<M: Model, T: Model, P: Presence> Association<M, T, HasOne<P>> {
    /// The record of this one, the first by key where there are several: one SELECT.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "getProfile")]
    pub fn get<'a, E: Executor + ?Sized>(self, record: &'a M, db: &'a E) -> BoxFuture<'a, Result<Option<T>>> {
        let children = Children::<T>::of(record, self.link()).map(|children| children.condition());
        let order: Vec<Order<T>> =
            T::TABLE.key_columns().map(|column| Order::from_term(OrderTerm::of(column))).collect();
        query_of::<T>(children).order_by(order).one(db)
    }

    /// Makes this its one record, whoever's it was before, and un-links the former: a SELECT of the key that it has, and UPDATEs where it is
    /// another, in a transaction, or within a savepoint of the caller's own.
    ///
    /// # Errors
    /// [`Error::UnknownKeys`](crate::Error::UnknownKeys) where there is no such record; whatever the database says. Then nothing is changed.
    #[doc(alias = "setProfile")]
    pub fn set<'a, E: Executor + ?Sized, By>(
        self,
        record: &'a M,
        db: &'a E,
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> BoxFuture<'a, Result<()>>
    where
        P: Unlinks<'a>,
    {
        let (children, list, handle) =
            (Children::<T>::of(record, self.link()), List::by_key([reference]), db.handle());
        Box::pin(async move { children?.set(handle, list?).await })
    }

    /// Un-links its record, and says how many there were: one UPDATE.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "setProfile")]
    pub fn clear<'a, E: Executor + ?Sized>(self, record: &'a M, db: &'a E) -> BoxFuture<'a, Result<u64>>
    where
        P: Unlinks<'a>,
    {
        let (children, handle) = (Children::<T>::of(record, self.link()), db.handle());
        Box::pin(async move { children?.clear(handle).await })
    }

    /// Saves its one record: an INSERT; where the foreign key may be NULL, an UPDATE that un-links the former comes first, in a transaction,
    /// or within a savepoint of the caller's own. What the draft says of the foreign key does not matter.
    ///
    /// # Errors
    /// [`Error::ForeignKeyViolation`](crate::Error::ForeignKeyViolation) where this one is gone;
    /// [`Error::UniqueViolation`](crate::Error::UniqueViolation) where there is one that cannot be un-linked and the foreign key is
    /// `unique`; whatever the database says. Then nothing is changed.
    #[doc(alias = "createProfile")]
    pub fn create<'a, E: Executor + ?Sized>(
        self,
        record: &'a M,
        db: &'a E,
        draft: impl IntoDraft<T>,
    ) -> BoxFuture<'a, Result<T>> {
        let (children, draft, handle) =
            (Children::<T>::of(record, self.link()), draft.into_draft(), db.handle());
        Box::pin(async move { children?.create(handle, draft, true).await })
    }
}
