//! Statements that change tables.

use super::{Dialect, Writer};
use crate::schema::{Index, Table};

/// `CREATE TABLE IF NOT EXISTS`, with the indexes inside where the database can say them there.
pub fn create_table(dialect: &dyn Dialect, table: &Table) -> String {
    let mut writer = Writer::new(dialect);
    writer.push("CREATE TABLE IF NOT EXISTS ").name(table.name).push(" (");
    for (n, column) in table.columns.iter().enumerate() {
        let mut definition = String::new();
        dialect.column_definition(&mut definition, table, column);
        writer.push(if n == 0 { "" } else { ", " }).name(column.name).push(" ").push(&definition);
    }
    if !dialect.primary_key_is_inline(table) {
        writer.push(", PRIMARY KEY (").names(table.key_columns().map(|column| column.name)).push(")");
    }
    if dialect.capabilities().inline_indexes {
        for index in table.indexes {
            writer.push(if index.unique { ", UNIQUE INDEX " } else { ", INDEX " }).name(index.name);
            columns(&mut writer, table, index);
        }
    }
    writer.push(")").push(dialect.table_options());
    writer.into_sql()
}

/// `CREATE INDEX`. It has been checked that the table has none of this name.
pub fn create_index(dialect: &dyn Dialect, table: &Table, index: &Index) -> String {
    let mut writer = Writer::new(dialect);
    writer.push(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    writer.name(index.name).push(" ON ").name(table.name);
    columns(&mut writer, table, index);
    writer.into_sql()
}

fn columns(writer: &mut Writer<'_>, table: &Table, index: &Index) {
    writer.push(" (").names(index.columns.iter().map(|&n| table.columns[n].name)).push(")");
}

/// `DROP TABLE IF EXISTS`.
pub fn drop_table(dialect: &dyn Dialect, table: &Table) -> String {
    let mut writer = Writer::new(dialect);
    writer.push("DROP TABLE IF EXISTS ").name(table.name);
    writer.into_sql()
}
