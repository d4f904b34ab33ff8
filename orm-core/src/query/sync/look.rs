//! Questions about the tables that are there.

use std::time::Duration;

use crate::db::{Call, CallStatement, Handle};
use crate::driver::{Cells, Flow, NoRows, RowSink};
use crate::error::{Error, Result};
use crate::schema::{ColumnDef, DataType, Table};
use crate::types;
use crate::value::Value;

/// Names of tables ignore case on SQLite and on some servers; two that differ in nothing else are never both there.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The position of the table of this name.
pub(super) fn position(tables: &[&'static Table], name: &str) -> Option<usize> {
    tables.iter().position(|table| same_name(table.name, name))
}

/// A foreign key of another table.
pub(super) struct Referrer {
    /// The table that has it.
    pub(super) table: String,
    /// Its name, where it has to be dropped by that.
    pub(super) constraint: String,
}

/// The foreign keys of other tables to this one.
pub(super) async fn referrers(handle: Handle<'_>, table: &'static Table) -> Result<Vec<Referrer>> {
    let name = || Value::Text(table.name.into());
    let rows = ask(handle, handle.dialect().referrers_sql(), vec![name(), name()]).await?;
    Ok(rows.into_iter().map(|[table, constraint]| Referrer { table, constraint }).collect())
}

/// Refuses where other tables refer to this one.
pub(super) async fn must_be_free(handle: Handle<'_>, table: &'static Table) -> Result<()> {
    let mut names: Vec<_> =
        referrers(handle, table).await?.into_iter().map(|referrer| referrer.table).collect();
    names.dedup();
    if names.is_empty() { Ok(()) } else { Err(referenced(table, names)) }
}

pub(super) fn referenced(table: &Table, referrers: Vec<String>) -> Error {
    Error::TableReferenced { table: table.name.into(), referrers: Box::new(referrers) }
}

/// Whether there is a table of this name.
pub(super) async fn exists(handle: Handle<'_>, table: &'static Table) -> Result<bool> {
    Ok(!names(handle, handle.dialect().table_name_sql(), table).await?.is_empty())
}

/// What a query about this table tells: one name a row.
pub(super) async fn names(handle: Handle<'_>, sql: &str, table: &'static Table) -> Result<Vec<String>> {
    let rows = ask(handle, sql, vec![Value::Text(table.name.into())]).await?;
    Ok(rows.into_iter().map(|[name]| name).collect())
}

/// How often a statement is sent that is in the way of another program's.
const TRIES: u64 = 10;

/// Sends a statement of our own that has neither parameters nor rows.
///
/// Programs that start at once create the same tables, and MySQL ends one of them where they wait for each other's. Nothing of it is done
/// then, so it is sent again; inside a transaction that would be gone as well, so not there.
pub(super) async fn tell(handle: Handle<'_>, sql: &str) -> Result<()> {
    let call = Call::text(sql);
    let mut tried = 1;
    loop {
        match handle.run(&call, &mut NoRows).await {
            Err(Error::Conflict(_)) if tried < TRIES && matches!(handle, Handle::Db(_)) => {
                tokio::time::sleep(Duration::from_millis(10 * tried)).await;
                tried += 1;
            }
            outcome => return outcome.map(drop),
        }
    }
}

async fn ask<const N: usize>(
    handle: Handle<'_>,
    sql: &str,
    params: Vec<Value<'_>>,
) -> Result<Vec<[String; N]>> {
    let mut sink = Names(Vec::new());
    let call = Call { table: None, statement: CallStatement::Dynamic(sql), params: &params };
    handle.run(&call, &mut sink).await?;
    Ok(sink.0)
}

/// Gathers the first columns of the rows.
struct Names<const N: usize>(Vec<[String; N]>);

impl<const N: usize> RowSink for Names<N> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        const NAME: ColumnDef = ColumnDef::new("", "name", "name", DataType::Text, false);
        let mut row = [const { String::new() }; N];
        for (n, name) in row.iter_mut().enumerate() {
            *name = types::decode(cells.take(n), &NAME)?;
        }
        self.0.push(row);
        Ok(Flow::Continue)
    }
}
