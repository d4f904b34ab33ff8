//! Statements whose shape is fixed by a model: rendered once, without values.

use super::{Dialect, Writer};
use crate::schema::{ColumnDef, Table};

/// `SELECT` of all columns of all rows.
pub fn find_all(dialect: &dyn Dialect, table: &Table) -> String {
    let mut writer = Writer::new(dialect);
    select_all(&mut writer, table);
    writer.into_sql()
}

/// `SELECT` of all columns by key.
pub fn find_by_key(dialect: &dyn Dialect, table: &Table) -> String {
    let mut writer = Writer::new(dialect);
    select_all(&mut writer, table);
    writer.push(" WHERE ").key_condition(table);
    writer.into_sql()
}

fn select_all(writer: &mut Writer<'_>, table: &Table) {
    writer
        .push("SELECT ")
        .names(table.columns.iter().map(|column| column.name))
        .push(" FROM ")
        .name(table.name);
}

/// `SELECT COUNT(*)` of all rows.
pub fn count(dialect: &dyn Dialect, table: &Table) -> String {
    let mut writer = Writer::new(dialect);
    writer.push("SELECT COUNT(*) AS ").name("count").push(" FROM ").name(table.name);
    writer.into_sql()
}

/// The columns that an insert names: all, or all but the generated one.
pub fn inserted(table: &Table, with_id: bool) -> impl Iterator<Item = (usize, &ColumnDef)> + Clone {
    // A table that has nothing but its generated id gets it as NULL, since an empty list of columns is not portable.
    let with_id = with_id || table.columns.len() == 1;
    table.columns.iter().enumerate().filter(move |(_, column)| with_id || !column.auto_increment)
}

/// `INSERT` of this many rows. With `returning`, the generated ids come back as rows.
pub fn insert(dialect: &dyn Dialect, table: &Table, with_id: bool, rows: usize, returning: bool) -> String {
    let mut writer = Writer::new(dialect);
    let columns = inserted(table, with_id);
    writer.push("INSERT INTO ").name(table.name).push(" (");
    writer.names(columns.clone().map(|(_, column)| column.name)).push(") VALUES ");
    let width = columns.count();
    writer.placeholder_rows(width, rows);
    if let (true, Some(id)) = (returning, table.auto_increment()) {
        writer.push(" RETURNING ").name(table.columns[id].name);
    }
    writer.into_sql()
}

/// `INSERT` of this many rows, leaving out those of which there is one already with the same values in these columns, which are unique.
pub fn insert_missing(dialect: &dyn Dialect, table: &Table, rows: usize, unique: &[usize]) -> String {
    let mut sql = insert(dialect, table, false, rows, false);
    dialect.skip_duplicates(&mut sql, &mut unique.iter().map(|&n| table.columns[n].name));
    sql
}

/// `UPDATE` of all columns but the key, by key. The values are those columns, then the key.
pub fn update(dialect: &dyn Dialect, table: &Table) -> String {
    update_some(dialect, table, |n| !table.is_key(n))
}

/// The same of those columns that are wanted.
pub fn update_some(dialect: &dyn Dialect, table: &Table, wanted: impl Fn(usize) -> bool) -> String {
    let mut writer = Writer::new(dialect);
    writer.push("UPDATE ").name(table.name).push(" SET ");
    let columns = table.columns.iter().enumerate().filter(|(n, _)| wanted(*n));
    for (n, (_, column)) in columns.enumerate() {
        writer.push(if n == 0 { "" } else { ", " }).name(column.name).push(" = ").placeholder();
    }
    writer.push(" WHERE ").key_condition(table);
    writer.into_sql()
}

/// `DELETE` by key.
pub fn destroy(dialect: &dyn Dialect, table: &Table) -> String {
    let mut writer = Writer::new(dialect);
    writer.push("DELETE FROM ").name(table.name).push(" WHERE ").key_condition(table);
    writer.into_sql()
}
