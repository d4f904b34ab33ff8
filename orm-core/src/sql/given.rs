//! UPDATE of many rows with values of their own.

use super::{Dialect, GivenRows, Place, Writer};
use crate::schema::{ColumnDef, Table};

/// `UPDATE` of the rows that have the keys of `rows` given ones.
///
/// Each given row has a value for the columns at the positions `given`, in this order: those of the key, by which the row is found, and those that
/// are set. Behind them all is one value for the column at `stamp`.
pub fn update(
    dialect: &dyn Dialect,
    table: &Table,
    given: &[usize],
    stamp: Option<usize>,
    rows: usize,
) -> String {
    let mut writer = Writer::new(dialect);
    let target = writer.enter(table);
    let source = writer.alias();
    let update = Update { table, given, stamp, target, source };
    match dialect.capabilities().given_rows {
        GivenRows::ValuesRow => {
            // No row of the table itself: its part is there for the types, since a value by itself has one of up to 65,535 bytes.
            writer.push("UPDATE (SELECT ").names(update.names()).push(" FROM ").name(table.name);
            writer.push(" WHERE FALSE UNION ALL VALUES ");
            for row in 0..rows {
                writer.push(if row == 0 { "ROW(" } else { ", ROW(" });
                update.typed(&mut writer, false);
                writer.push(")");
            }
            writer.push(") AS ").place(source);
            update.join(&mut writer);
        }
        GivenRows::UnionAll => {
            writer.push("UPDATE (");
            for row in 0..rows {
                writer.push(if row == 0 { "SELECT " } else { " UNION ALL SELECT " });
                update.typed(&mut writer, row == 0);
            }
            writer.push(") AS ").place(source);
            update.join(&mut writer);
        }
        GivenRows::With => {
            writer.push("WITH ").place(source).push(" (").names(update.names()).push(") AS (VALUES ");
            writer.placeholder_rows(given.len(), rows);
            writer.push(") UPDATE ").name(table.name).push(" SET ");
            update.assignments(&mut writer, Place::Only);
            writer.push(" FROM ").place(source).push(" WHERE ");
            for (n, column) in table.key_columns().enumerate() {
                writer.push(if n == 0 { "" } else { " AND " }).column_of(target, column.name);
                // The plus keeps it from making an index of the given rows, to look up each row of the whole table there.
                writer.push(" = +").column_of(source, column.name);
            }
        }
    }
    writer.into_sql()
}

struct Update<'a> {
    table: &'a Table,
    given: &'a [usize],
    stamp: Option<usize>,
    target: Place,
    /// Where the given rows are.
    source: Place,
}

impl Update<'_> {
    fn columns(&self) -> impl Iterator<Item = (usize, &'static ColumnDef)> {
        let columns = self.table.columns;
        self.given.iter().map(move |&n| (n, &columns[n]))
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns().map(|(_, column)| column.name)
    }

    /// The placeholders of one row.
    fn typed(&self, writer: &mut Writer<'_>, named: bool) {
        for (n, (_, column)) in self.columns().enumerate() {
            writer.push(if n == 0 { "" } else { ", " }).typed_placeholder(column);
            if named {
                writer.push(" AS ").name(column.name);
            }
        }
    }

    /// The join, the given rows first: so that the table's are found, and locked, by their keys alone.
    fn join(&self, writer: &mut Writer<'_>) {
        writer.push(" STRAIGHT_JOIN ").place(self.target).push(" ON ");
        writer.equal((self.target, self.table.key_columns()), (self.source, self.table.key_columns()));
        writer.push(" SET ");
        self.assignments(writer, self.target);
    }

    /// What is set. `target` is where the names on the left are looked up.
    fn assignments(&self, writer: &mut Writer<'_>, target: Place) {
        let set = self.columns().filter(|(n, _)| !self.table.is_key(*n));
        for (n, (_, column)) in set.enumerate() {
            writer.push(if n == 0 { "" } else { ", " });
            writer.column_of(target, column.name).push(" = ").column_of(self.source, column.name);
        }
        if let Some(stamp) = self.stamp {
            writer.push(", ").column_of(target, self.table.columns[stamp].name).push(" = ").placeholder();
        }
    }
}
