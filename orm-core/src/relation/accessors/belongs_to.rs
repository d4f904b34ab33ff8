//! The record that one belongs to.

use super::children::{assignments, one_saved, query};
use super::keys::{Row, equal, must_be_complete, named, referred, values};
use super::reference::{List, Reference};
use crate::db::{Executor, Handle, Transaction};
use crate::driver::Pending;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::query::{DraftParts, Nested as _, Record, Saved, save_level};
use crate::relation::association::{Data, own};
use crate::relation::one;
use crate::sql::Link;
use crate::value::Value;

/// What the accessors of a `belongs_to` of `M` call.
pub trait BelongsToTarget<'a, M>: Sized {
    /// What stands for its key.
    type Key;

    /// `task.user(..)`: the record that this one belongs to, if there is one.
    fn get(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, Option<Self>>;

    /// `task.user(..)`: the record that this one belongs to, where the foreign key is required.
    fn get_required(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, Self>;

    /// `task.set_user(..)`: lets this record belong to that one.
    fn set<By>(
        data: Data,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> Pending<'a, ()>;

    /// `task.clear_user(..)`: lets this record belong to none.
    fn clear(data: Data, record: &'a mut M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, ()>;

    /// `task.create_user(..)`: saves the record that this one is to belong to.
    fn create<D: DraftParts<Self>>(
        data: Data,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
        draft: D,
    ) -> Pending<'a, Saved<Self, D>>;
}

impl<'a, M: Model, T: Model> BelongsToTarget<'a, M> for T {
    type Key = T::Key;

    fn get(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, Option<T>> {
        let (link, handle) = (own::<M, T>(&data), db.handle());
        let key = values(record, link.near);
        Pending::new(async move {
            let key = key?;
            if key.iter().any(Value::is_null) {
                return Ok(None);
            }
            let query = query::<T>(equal(T::TABLE, link.far, &key));
            on!(handle, |db| query.one(db)).await
        })
    }

    fn get_required(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, T> {
        let found = Self::get(data, record, db);
        Pending::new(async move { found.await?.ok_or_else(|| one::missing(&own::<M, T>(&data))) })
    }

    fn set<By>(
        data: Data,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> Pending<'a, ()> {
        let (link, handle) = (own::<M, T>(&data), db.handle());
        let list = List::new([reference], link.far);
        Pending::new(async move {
            let mut list = list?;
            list.resolve(handle, link.far).await?;
            let rows = list.rows();
            for row in &rows {
                must_be_complete(T::TABLE, row)?;
                refer::<M, T>(record, handle, &link, row).await?;
            }
            Ok(())
        })
    }

    fn clear(data: Data, record: &'a mut M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, ()> {
        let nothing = own::<M, T>(&data).near.iter().map(|&column| (column, Value::Null)).collect();
        record.update(db, assignments(&nothing)).into()
    }

    fn create<D: DraftParts<T>>(
        data: Data,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
        draft: D,
    ) -> Pending<'a, Saved<T, D>> {
        let (link, handle, draft) = (own::<M, T>(&data), db.handle(), draft.into_draft());
        Pending::new(async move {
            // A copy, so that the fields stay where the commit fails.
            let mut changed = record.clone_record();
            let (changed, created) = handle
                .atomically(async move |tx: &Transaction| {
                    let handle = Handle::Transaction(tx);
                    let (created, saved) = save_level([draft], handle).await?;
                    for created in &created {
                        write(&mut changed, handle, &link, &referred(created, link.far)?).await?;
                    }
                    Ok((changed, D::Along::outputs(created, saved)))
                })
                .await?;
            *record = changed;
            one_saved::<T, D>(created)
        })
    }
}

/// Writes the foreign key of a record.
async fn write<M: Model>(record: &mut M, handle: Handle<'_>, link: &Link, key: &Row) -> Result<()> {
    let changes = link.near.iter().copied().zip(key.iter().cloned()).collect();
    on!(handle, |db| record.update(db, assignments(&changes))).await
}

/// The same, where the other side may be unknown.
async fn refer<M: Model, T: Model>(record: &mut M, handle: Handle<'_>, link: &Link, key: &Row) -> Result<()> {
    match write(record, handle, link, key).await {
        Err(error @ Error::ForeignKeyViolation(_)) => {
            Err(named::<T>(handle, link.far, std::slice::from_ref(key), error).await)
        }
        outcome => outcome,
    }
}
