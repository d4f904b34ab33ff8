//! Keys as values: compared, written into conditions, and read.

use std::collections::HashSet;

use crate::db::{Call, Handle};
use crate::driver::{Cells, Flow, RowSink};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::query::key_text;
use crate::relation::index::Key;
use crate::relation::many::Normal;
use crate::schema::{ColumnDef, Table};
use crate::sql::select::{Wanted, select};
use crate::sql::{Compare, Expr, Rows};
use crate::value::Value;

/// The values of some columns.
pub(in crate::relation) type Row = Vec<Value<'static>>;

/// The most keys of one statement.
pub(super) const CHUNK: usize = 1000;

/// The values of these columns of a record.
pub(super) fn values<M: Model>(record: &M, columns: &[usize]) -> Result<Row> {
    columns.iter().map(|&n| Ok(record.value(n)?.into_owned())).collect()
}

/// The values of these columns of a record that others are to refer to.
pub(in crate::relation) fn referred<M: Model>(record: &M, columns: &[usize]) -> Result<Row> {
    let row = values(record, columns)?;
    must_be_complete(M::TABLE, &row)?;
    Ok(row)
}

/// Refuses what nothing can refer to: written into a foreign key it would un-link.
pub(super) fn must_be_complete(table: &Table, row: &[Value<'_>]) -> Result<()> {
    if row.iter().any(Value::is_null) {
        let message =
            format!("a record of table {:?} has no value in the column that is referred to", table.name);
        return Err(Error::Unsupported(message.into()));
    }
    Ok(())
}

/// These columns are these values.
pub(super) fn equal(table: &'static Table, columns: &[usize], row: &[Value<'static>]) -> Vec<Expr> {
    columns
        .iter()
        .zip(row)
        .map(|(&n, value)| Expr::Compare(&table.columns[n], Compare::Equal, value.clone()))
        .collect()
}

/// Whether two keys are the same, whatever wrote them.
pub(super) fn same(one: &[Value<'static>], other: &[Value<'static>]) -> bool {
    Key(one) == Key(other)
}

/// Each key once.
pub(super) fn distinct(mut rows: Vec<Row>) -> Vec<Row> {
    let mut seen = HashSet::with_capacity(rows.len());
    let first: Vec<bool> = rows.iter().map(|row| seen.insert(Key(row))).collect();
    drop(seen);
    let mut first = first.into_iter();
    rows.retain(|_| first.next().unwrap_or(true));
    rows
}

/// The keys of one list that are not in the other.
pub(super) fn without(rows: &[Row], others: &[Row]) -> Vec<Row> {
    let others: HashSet<Key<'_>> = others.iter().map(|row| Key(row)).collect();
    rows.iter().filter(|row| !others.contains(&Key(row))).cloned().collect()
}

/// Whether a key is in the list.
pub(super) fn contains(rows: &[Row], row: &[Value<'static>]) -> bool {
    rows.iter().any(|other| same(other, row))
}

/// Columns of a table that hold keys of a model.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    table: &'static Table,
    columns: Vec<usize>,
    /// Which part of the model's primary key each holds.
    parts: Vec<Option<usize>>,
    normal: Normal,
}

impl Columns {
    /// The primary key.
    pub(super) fn key<M: Model>() -> Self {
        Self::of::<M>(M::TABLE, M::TABLE.primary_key, M::TABLE.primary_key)
    }

    /// Columns of any table that hold what is in these columns of the model.
    pub(super) fn of<M: Model>(table: &'static Table, columns: &[usize], held: &[usize]) -> Self {
        let part = |column: &usize| M::TABLE.primary_key.iter().position(|key| key == column);
        Self {
            table,
            columns: columns.to_vec(),
            parts: held.iter().map(part).collect(),
            normal: <M::Key as crate::model::Key>::normal,
        }
    }

    /// The same columns of the model, and then these.
    pub(super) fn with<M: Model>(&self, more: &[usize]) -> Self {
        let columns: Vec<usize> = self.columns.iter().chain(more).copied().collect();
        Self::of::<M>(self.table, &columns, &columns)
    }

    /// They are one of these keys.
    pub(super) fn among(&self, rows: &[Row]) -> Vec<Expr> {
        if let [only] = rows {
            return equal(self.table, &self.columns, only);
        }
        if let [column] = self.columns[..] {
            let values = rows.iter().flatten().cloned().collect();
            return vec![Expr::In { column: &self.table.columns[column], values, negated: false }];
        }
        let columns = self.columns.iter().map(|&n| &self.table.columns[n]).collect();
        vec![Expr::InRows { columns, rows: rows.to_vec() }]
    }

    /// What they hold where this is so.
    pub(super) async fn read(&self, handle: Handle<'_>, filter: Vec<Expr>) -> Result<Vec<Row>> {
        let rows = Rows { filter, ..Rows::default() };
        let statement = select(handle.dialect(), self.table, Wanted::Columns(&self.columns), rows)?;
        let call = Call::rendered(Some(self.table), &statement);
        let mut found = Found { columns: self, rows: Vec::new() };
        handle.run(&call, &mut found).await?;
        Ok(found.rows)
    }

    /// What they hold where others are one of these keys, and this is so besides.
    pub(super) async fn read_among(
        &self,
        handle: Handle<'_>,
        others: &Self,
        keys: &[Row],
        filter: Vec<Expr>,
    ) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for chunk in keys.chunks(CHUNK) {
            let mut filter = filter.clone();
            filter.append(&mut others.among(chunk));
            rows.append(&mut self.read(handle, filter).await?);
        }
        Ok(rows)
    }
}

/// Keys that are read.
struct Found<'c> {
    columns: &'c Columns,
    rows: Vec<Row>,
}

impl RowSink for Found<'_> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        let Columns { table, columns, parts, normal } = self.columns;
        let one = |(n, part): (usize, &Option<usize>)| {
            let value = cells.take(n);
            match part {
                Some(part) => normal(*part, value, column(table, columns[n])),
                None => Ok(value.into_owned()),
            }
        };
        self.rows.push(parts.iter().enumerate().map(one).collect::<Result<_>>()?);
        Ok(Flow::Continue)
    }
}

fn column(table: &'static Table, n: usize) -> &'static ColumnDef {
    &table.columns[n]
}

/// The error that names which of these keys no record has. They are looked up, so it comes after what was done was undone.
pub(super) async fn name_unknown<M: Model>(handle: Handle<'_>, columns: &Columns, keys: &[Row]) -> Error {
    match columns.read_among(handle, columns, keys, Vec::new()).await {
        Ok(found) => unknown::<M>(&without(keys, &found)),
        Err(error) => error,
    }
}

/// The error of a foreign key that names which of these keys, values of these columns, no record has; the database's own where all are there.
pub(super) async fn named<M: Model>(
    handle: Handle<'_>,
    columns: &[usize],
    keys: &[Row],
    error: Error,
) -> Error {
    match name_unknown::<M>(handle, &Columns::of::<M>(M::TABLE, columns, columns), keys).await {
        unknown @ Error::UnknownKeys { .. } => unknown,
        // They are there: the database means something else.
        _ => error,
    }
}

/// The error that names these keys.
pub(super) fn unknown<M: Model>(keys: &[Row]) -> Error {
    let table = M::TABLE.name;
    // Where another connection has just inserted them there is nothing to name.
    if keys.is_empty() {
        return Error::RecordNotFound { table };
    }
    Error::UnknownKeys { table, keys: Box::new(keys.iter().map(|row| key_text(row)).collect()) }
}
