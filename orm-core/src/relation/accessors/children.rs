//! Records of the other side that hold this side's key: what has_one and has_many have in common.

use std::marker::PhantomData;

use super::keys::{CHUNK, Columns, Row, contains, equal, must_be_complete, name_unknown, unknown, without};
use super::reference::List;
use crate::db::{Handle, Transaction};
use crate::error::{Error, Result};
use crate::model::{Assignment, Draft, Expr, Model};
use crate::query::{DraftParts, Nested, Query, Record, Saved};
use crate::schema::Managed;
use crate::sql::{Expr as Node, Link};
use crate::types;
use crate::value::Value;

/// Values by column.
pub(super) type Changes = Vec<(usize, Value<'static>)>;

/// `updated_at` of the model as it becomes now, where it has one.
pub(super) fn stamp<M: Model>() -> Option<(usize, Value<'static>)> {
    let mut columns = M::TABLE.columns.iter().enumerate();
    let (n, column) = columns.find(|(_, column)| column.managed == Some(Managed::UpdatedAt))?;
    Some((n, types::timestamp(types::now(), column)))
}

/// Assignments of these values.
pub(super) fn assignments<M>(changes: &Changes) -> Vec<Assignment<M>> {
    changes.iter().map(|(column, value)| Assignment::set(*column, Ok(value.clone()))).collect()
}

/// All rows that meet these conditions.
pub(super) fn query<M: Model>(filter: Vec<Node>) -> Query<M> {
    filter.into_iter().fold(M::find(), |query, condition| query.filter(Expr::from_node(condition)))
}

async fn update<M: Model>(handle: Handle<'_>, filter: Vec<Node>, changes: &Changes) -> Result<u64> {
    on!(handle, |db| query::<M>(filter).update(db, assignments(changes))).await
}

/// What a query of a record's own is, where its values may not encode.
pub(super) fn query_of<M: Model>(filter: Result<Vec<Node>>) -> Query<M> {
    M::find().filter(crate::model::condition(filter, Node::And))
}

/// What one draft became.
pub(super) fn one_saved<T: Model, D: DraftParts<T>>(saved: Vec<Saved<T, D>>) -> Result<Saved<T, D>> {
    // One draft becomes one record.
    saved.into_iter().next().ok_or(Error::RecordNotFound { table: T::TABLE.name })
}

/// Sets the fields of a record.
pub(super) fn follow<M: Model>(record: &mut M, changes: &[(usize, Value<'static>)]) -> Result<()> {
    changes.iter().try_for_each(|(column, value)| record.set_value(*column, value.clone()))
}

/// The records of `T` that hold the key of one record.
#[derive(Debug)]
pub(super) struct Children<T> {
    link: Link,
    /// The key that they hold.
    owner: Row,
    model: PhantomData<fn() -> T>,
}

impl<T: Model> Children<T> {
    pub(super) fn of<M: Model>(record: &M, link: Link) -> Result<Self> {
        Ok(Self { link, owner: super::keys::values(record, link.near)?, model: PhantomData })
    }

    /// That a record is one of them.
    pub(super) fn condition(&self) -> Vec<Node> {
        equal(T::TABLE, self.link.far, &self.owner)
    }

    /// That a record is one of them, and has one of these keys.
    fn condition_among(&self, key: &Columns, keys: &[Row]) -> Vec<Node> {
        let mut filter = self.condition();
        filter.append(&mut key.among(keys));
        filter
    }

    /// What makes a record one of them.
    fn linked(&self) -> Result<Changes> {
        must_be_complete(self.link.source, &self.owner)?;
        let mut changes: Changes = self.link.far.iter().copied().zip(self.owner.iter().cloned()).collect();
        changes.extend(stamp::<T>());
        Ok(changes)
    }

    /// What makes a record none of them.
    fn unlinked(&self) -> Changes {
        let mut changes: Changes = self.link.far.iter().map(|&column| (column, Value::Null)).collect();
        changes.extend(stamp::<T>());
        changes
    }

    pub(super) async fn count(&self, handle: Handle<'_>) -> Result<u64> {
        on!(handle, |db| query::<T>(self.condition()).count(db)).await
    }

    /// Whether all of these are among them.
    pub(super) async fn has(&self, handle: Handle<'_>, list: List<'_, T>) -> Result<bool> {
        let (key, keys) = (Columns::key::<T>(), list.rows());
        if let [_] = keys[..] {
            let query = query::<T>(self.condition_among(&key, &keys));
            return on!(handle, |db| query.exists(db)).await;
        }
        for chunk in keys.chunks(CHUNK) {
            let query = query::<T>(self.condition_among(&key, chunk));
            let found = on!(handle, |db| query.count(db)).await?;
            if usize::try_from(found) != Ok(chunk.len()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes these records some of them.
    pub(super) async fn add(&self, handle: Handle<'_>, list: List<'_, T>) -> Result<()> {
        let keys = list.rows();
        if keys.is_empty() {
            return Ok(());
        }
        let linked = self.linked()?;
        self.change(handle, &[], &keys, &linked, &Changes::new()).await?;
        list.0.into_iter().filter_map(|given| given.record).try_for_each(|record| follow(record, &linked))
    }

    /// Makes these records all of them.
    pub(super) async fn set(&self, handle: Handle<'_>, list: List<'_, T>) -> Result<()> {
        let (linked, unlinked) = (self.linked()?, self.unlinked());
        let wanted = list.rows();
        let present = Columns::key::<T>().read(handle, self.condition()).await?;
        let (leaving, coming) = (without(&present, &wanted), without(&wanted, &present));
        self.change(handle, &leaving, &coming, &linked, &unlinked).await?;
        for given in list.0 {
            let Some(record) = given.record else { continue };
            // Those that were there before were not written, and keep their `updated_at`.
            let written = if contains(&coming, &given.row) { linked.len() } else { self.link.far.len() };
            follow(record, &linked[..written])?;
        }
        Ok(())
    }

    /// Un-links those of them that are in the list.
    pub(super) async fn remove(&self, handle: Handle<'_>, list: List<'_, T>) -> Result<u64> {
        let (key, keys, unlinked) = (Columns::key::<T>(), list.rows(), self.unlinked());
        let removed = if keys.len() <= CHUNK {
            self.unlink(handle, &key, &keys, &unlinked).await?
        } else {
            let work =
                async |tx: &Transaction| self.unlink(Handle::Transaction(tx), &key, &keys, &unlinked).await;
            handle.atomically(work).await?
        };
        let all = usize::try_from(removed) == Ok(keys.len());
        for record in list.0.into_iter().filter_map(|given| given.record) {
            // Records of others were not written.
            if all || super::keys::same(&super::keys::values(record, self.link.far)?, &self.owner) {
                follow(record, &unlinked)?;
            }
        }
        Ok(removed)
    }

    /// Un-links all of them.
    pub(super) async fn clear(&self, handle: Handle<'_>) -> Result<u64> {
        update::<T>(handle, self.condition(), &self.unlinked()).await
    }

    /// Saves one of them, whose draft says nothing of the foreign key; where there is to be one only, it takes the place of the former.
    pub(super) async fn create<A: Nested<T>>(
        &self,
        handle: Handle<'_>,
        (mut draft, along): (Draft<T>, A),
        only: bool,
    ) -> Result<A::Output> {
        must_be_complete(self.link.source, &self.owner)?;
        draft.fill_all(self.link.far, &self.owner)?;
        if !(only && self.link.far_columns().all(|column| column.nullable)) {
            return A::save(draft, along, handle).await;
        }
        handle
            .atomically(async move |tx: &Transaction| {
                let handle = Handle::Transaction(tx);
                self.clear(handle).await?;
                A::save(draft, along, handle).await
            })
            .await
    }

    /// Un-links and links, all or nothing.
    async fn change(
        &self,
        handle: Handle<'_>,
        leaving: &[Row],
        coming: &[Row],
        linked: &Changes,
        unlinked: &Changes,
    ) -> Result<()> {
        let key = Columns::key::<T>();
        let one_statement = match (leaving.len(), coming.len()) {
            (0, 0) => return Ok(()),
            // Where several are to be linked and one is unknown, the others are undone.
            (0, coming) => coming == 1,
            (leaving, 0) => leaving <= CHUNK,
            _ => false,
        };
        let outcome = if one_statement {
            self.send(handle, &key, leaving, coming, linked, unlinked).await
        } else {
            let work = async |tx: &Transaction| {
                let handle = Handle::Transaction(tx);
                self.send(handle, &key, leaving, coming, linked, unlinked).await
            };
            handle.atomically(work).await
        };
        match outcome {
            Err(Error::RecordNotFound { .. }) if coming.len() == 1 => Err(unknown::<T>(coming)),
            Err(Error::RecordNotFound { .. }) => Err(name_unknown::<T>(handle, &key, coming).await),
            outcome => outcome,
        }
    }

    async fn send(
        &self,
        handle: Handle<'_>,
        key: &Columns,
        leaving: &[Row],
        coming: &[Row],
        linked: &Changes,
        unlinked: &Changes,
    ) -> Result<()> {
        self.unlink(handle, key, leaving, unlinked).await?;
        for chunk in coming.chunks(CHUNK) {
            let matched = update::<T>(handle, key.among(chunk), linked).await?;
            if usize::try_from(matched) != Ok(chunk.len()) {
                return Err(Error::RecordNotFound { table: T::TABLE.name });
            }
        }
        Ok(())
    }

    async fn unlink(
        &self,
        handle: Handle<'_>,
        key: &Columns,
        keys: &[Row],
        unlinked: &Changes,
    ) -> Result<u64> {
        let mut count = 0;
        for chunk in keys.chunks(CHUNK) {
            count += update::<T>(handle, self.condition_among(key, chunk), unlinked).await?;
        }
        Ok(count)
    }
}
