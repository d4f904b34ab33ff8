//! The record that one belongs to.

use super::children::{assignments, query};
use super::keys::{Columns, Row, equal, must_be_complete, name_unknown, referred, values};
use super::reference::{List, Reference};
use crate::db::{Executor, Handle, Transaction};
use crate::driver::BoxFuture;
use crate::error::{Error, Result};
use crate::model::{IntoDraft, Model, Presence};
use crate::query::Record;
use crate::relation::related::Attached;
use crate::relation::{Association, BelongsTo, one};
use crate::sql::Link;
use crate::value::Value;

/// What the accessors of a `belongs_to` of `M` call.
pub trait BelongsToTarget<'a, M>: Sized {
    /// What stands for its key.
    type Key;

    /// `task.user(..)`: the record that this one belongs to.
    fn get<P: Presence<Shape: Attached>>(
        association: Association<M, Self, BelongsTo<P>>,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
    ) -> BoxFuture<'a, Result<P::One<Self>>>;

    /// `task.set_user(..)`: lets this record belong to that one.
    fn set<P: Presence<Shape: Attached>, By>(
        association: Association<M, Self, BelongsTo<P>>,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> BoxFuture<'a, Result<()>>;

    /// `task.clear_user(..)`: lets this record belong to none.
    fn clear<P: Presence<Shape: Attached>>(
        association: Association<M, Self, BelongsTo<P>>,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
    ) -> BoxFuture<'a, Result<()>>;

    /// `task.create_user(..)`: saves the record that this one is to belong to.
    fn create<P: Presence<Shape: Attached>>(
        association: Association<M, Self, BelongsTo<P>>,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
        draft: impl IntoDraft<Self>,
    ) -> BoxFuture<'a, Result<Self>>;
}

impl<'a, M: Model, T: Model> BelongsToTarget<'a, M> for T {
    type Key = T::Key;

    fn get<P: Presence<Shape: Attached>>(
        association: Association<M, T, BelongsTo<P>>,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
    ) -> BoxFuture<'a, Result<P::One<T>>> {
        let (link, handle) = (association.link(), db.handle());
        let key = values(record, link.near);
        Box::pin(async move {
            let key = key?;
            let found = if key.iter().any(Value::is_null) {
                None
            } else {
                let query = query::<T>(equal(T::TABLE, link.far, &key));
                on!(handle, |db| query.one(db)).await?
            };
            P::one(found).ok_or_else(|| one::missing(&link))
        })
    }

    fn set<P: Presence<Shape: Attached>, By>(
        association: Association<M, T, BelongsTo<P>>,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> BoxFuture<'a, Result<()>> {
        let (link, handle) = (association.link(), db.handle());
        let list = List::new([reference], link.far);
        Box::pin(async move {
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

    fn clear<P: Presence<Shape: Attached>>(
        association: Association<M, T, BelongsTo<P>>,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
    ) -> BoxFuture<'a, Result<()>> {
        let nothing = association.link().near.iter().map(|&column| (column, Value::Null)).collect();
        record.update(db, assignments(&nothing))
    }

    fn create<P: Presence<Shape: Attached>>(
        association: Association<M, T, BelongsTo<P>>,
        record: &'a mut M,
        db: &'a (impl Executor + ?Sized),
        draft: impl IntoDraft<T>,
    ) -> BoxFuture<'a, Result<T>> {
        let (link, handle, draft) = (association.link(), db.handle(), draft.into_draft());
        Box::pin(async move {
            // A copy, so that the fields stay where the commit fails.
            let mut changed = record.clone_record();
            let (changed, created) = handle
                .atomically(async move |tx: &Transaction| {
                    let created: T = crate::query::insert(draft, tx).await?;
                    let key = referred(&created, link.far)?;
                    write(&mut changed, Handle::Transaction(tx), &link, &key).await?;
                    Ok((changed, created))
                })
                .await?;
            *record = changed;
            Ok(created)
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
            let columns = Columns::of::<T>(T::TABLE, link.far, link.far);
            match name_unknown::<T>(handle, &columns, std::slice::from_ref(key)).await {
                unknown @ Error::UnknownKeys { .. } => Err(unknown),
                // It is there: the database means something else.
                _ => Err(error),
            }
        }
        outcome => outcome,
    }
}
