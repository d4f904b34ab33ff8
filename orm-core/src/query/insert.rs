//! INSERT of one record.

use super::params::Chunk;
use super::statement::Target;
use crate::db::{Call, CallStatement, Handle};
use crate::driver::{BoxFuture, NoRows};
use crate::error::{Error, Mismatch, Result};
use crate::model::{Blanks, Draft, Model, give_id};
use crate::schema::Table;
use crate::sql::{Dialect, fixed};

/// Saves a draft: one INSERT. The record is made of the values that are sent, and gets the id that comes back.
pub(super) async fn insert_with<M: Model>(handle: Handle<'_>, draft: Draft<M>) -> Result<M> {
    let (mut record, with_id) = draft.into_record(Blanks::of::<M>())?;
    insert_record(handle, &mut record, with_id).await?;
    Ok(record)
}

/// Inserts a record, and gives it the id that comes back.
pub(crate) async fn insert_record<M: Model>(handle: Handle<'_>, record: &mut M, with_id: bool) -> Result<()> {
    let records = std::slice::from_ref(&*record);
    let row = Chunk::new(handle.dialect(), M::TABLE, &records, 0..1, with_id);
    match send_one(handle, Target::of::<M>(), row).await? {
        Some(id) => give_id(record, id),
        None => Ok(()),
    }
}

/// Sends one INSERT, and gives the id back that was generated for it.
pub(super) fn send_one<'a>(
    handle: Handle<'a>,
    Target { table, statements }: Target,
    row: Chunk<'a>,
) -> BoxFuture<'a, Result<Option<u64>>> {
    Box::pin(async move {
        let with_id = row.with_id();
        let id = if with_id { &statements.insert_with_id } else { &statements.insert };
        let render = move |dialect: &dyn Dialect| fixed::insert(dialect, table, with_id, 1, false);
        let statement = CallStatement::Fixed(id, &render);
        let done = handle.send(&Call { table: Some(table), statement, params: &row }, &mut NoRows).await?;
        if with_id {
            return Ok(None);
        }
        done.last_insert_id.map(Some).ok_or_else(|| missing_id(table))
    })
}

/// The error of a reply that has no id.
pub(super) fn missing_id(table: &Table) -> Error {
    let column = table.auto_increment().map_or("", |id| table.columns[id].name);
    Error::Decode(
        Mismatch::new("a generated id for each row", "fewer in the database's reply").at(table.name, column),
    )
}
