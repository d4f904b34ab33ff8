//! The record that one belongs to.

use super::children::{assignments, query};
use super::keys::{Columns, Row, equal, must_be_complete, name_unknown, referred, values};
use super::reference::{List, Reference};
use crate::db::{Executor, Handle, Transaction};
use crate::driver::BoxFuture;
use crate::error::{Error, Result};
use crate::model::{IntoDraft, Model, Presence, Shape, Unlinks};
use crate::query::Record;
use crate::relation::related::Attached;
use crate::relation::{Association, BelongsTo, one};
use crate::sql::Link;
use crate::value::Value;

impl<M: Model, T: Model, P: Presence<Shape: Attached>> Association<M, T, BelongsTo<P>> {
    /// The record that this one belongs to: one SELECT, and none where the foreign key is NULL.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "getProject")]
    pub fn get<'a, E: Executor + ?Sized>(
        self,
        record: &'a M,
        db: &'a E,
    ) -> BoxFuture<'a, Result<<P::Shape as Shape>::Of<T>>>
    where
        T: Clone,
    {
        let (link, handle) = (self.link(), db.handle());
        let key = values(record, link.near);
        Box::pin(async move {
            let key = key?;
            let found = if key.iter().any(Value::is_null) {
                None
            } else {
                {
                    let query = query::<T>(equal(T::TABLE, link.far, &key));
                    on!(handle, |db| query.one(db)).await?
                }
            };
            P::Shape::of_list(found.into_iter().collect()).ok_or_else(|| one::missing(&link))
        })
    }

    /// Lets this record belong to that one: one UPDATE by key, and the fields follow. Where the foreign key does not hold the primary key and
    /// the other is given by that, a SELECT reads what it holds.
    ///
    /// # Errors
    /// [`Error::UnknownKeys`] where there is no such record; [`Error::RecordNotFound`] where this one is gone; whatever the database says.
    #[doc(alias = "setProject")]
    pub fn set<'a, E: Executor + ?Sized, By>(
        self,
        record: &'a mut M,
        db: &'a E,
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> BoxFuture<'a, Result<()>> {
        let (link, handle) = (self.link(), db.handle());
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

    /// Lets this record belong to none: one UPDATE by key, and the fields follow.
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] where this one is gone; whatever the database says.
    #[doc(alias = "setProject")]
    pub fn clear<'a, E: Executor + ?Sized>(self, record: &'a mut M, db: &'a E) -> BoxFuture<'a, Result<()>>
    where
        P: Unlinks<'a>,
    {
        let nothing = self.link().near.iter().map(|&column| (column, Value::Null)).collect();
        record.update(db, assignments(&nothing))
    }

    /// Saves the record that this one is to belong to: an INSERT and an UPDATE by key, in a transaction, or within a savepoint of the caller's
    /// own. The fields follow.
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] where this one is gone; whatever the database says. Then nothing is changed.
    #[doc(alias = "createProject")]
    pub fn create<'a, E: Executor + ?Sized>(
        self,
        record: &'a mut M,
        db: &'a E,
        draft: impl IntoDraft<T>,
    ) -> BoxFuture<'a, Result<T>> {
        let (link, handle, draft) = (self.link(), db.handle(), draft.into_draft());
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
