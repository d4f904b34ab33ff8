//! Statements that change tables.

use super::{Dialect, Writer};
use crate::schema::{ForeignKey, Index, Table};

/// `CREATE TABLE IF NOT EXISTS`, with the indexes inside where the database can say them there, and these of its foreign keys.
pub fn create_table<'t>(
    dialect: &dyn Dialect,
    table: &'t Table,
    foreign_keys: impl IntoIterator<Item = &'t ForeignKey>,
) -> String {
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
            columns(&mut writer, table, index.columns);
        }
    }
    for key in foreign_keys {
        writer.push(", ");
        constraint(&mut writer, table, key);
    }
    writer.push(")").push(dialect.table_options());
    writer.into_sql()
}

/// `CREATE INDEX`. It has been checked that the table has none of this name.
pub fn create_index(dialect: &dyn Dialect, table: &Table, index: &Index) -> String {
    let mut writer = Writer::new(dialect);
    writer.push(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    writer.name(index.name).push(" ON ").name(table.name);
    columns(&mut writer, table, index.columns);
    writer.into_sql()
}

/// `ALTER TABLE .. ADD CONSTRAINT .. FOREIGN KEY`. It has been checked that the table has none of this name.
pub fn add_foreign_key(dialect: &dyn Dialect, table: &Table, key: &ForeignKey) -> String {
    let mut writer = Writer::new(dialect);
    writer.push("ALTER TABLE ").name(table.name).push(" ADD ");
    constraint(&mut writer, table, key);
    writer.into_sql()
}

/// `ALTER TABLE .. DROP FOREIGN KEY`, with the names that the database has.
pub fn drop_foreign_key(dialect: &dyn Dialect, table: &str, name: &str) -> String {
    let mut writer = Writer::new(dialect);
    writer.push("ALTER TABLE ").name(table).push(" DROP FOREIGN KEY ").name(name);
    writer.into_sql()
}

/// `CONSTRAINT .. FOREIGN KEY (..) REFERENCES .. (..)`, with both actions, since what a database does without is not the same everywhere.
fn constraint(writer: &mut Writer<'_>, table: &Table, key: &ForeignKey) {
    let target = (key.target)();
    writer.push("CONSTRAINT ").name(key.name).push(" FOREIGN KEY");
    columns(writer, table, key.columns);
    writer.push(" REFERENCES ").name(target.name);
    columns(writer, target, key.target_columns());
    let (delete, update) = (writer.dialect().action(key.on_delete), writer.dialect().action(key.on_update));
    writer.push(" ON DELETE ").push(delete).push(" ON UPDATE ").push(update);
}

fn columns(writer: &mut Writer<'_>, table: &Table, columns: &[usize]) {
    writer.push(" (").names(columns.iter().map(|&n| table.columns[n].name)).push(")");
}

/// `DROP TABLE IF EXISTS`.
pub fn drop_table(dialect: &dyn Dialect, table: &Table) -> String {
    let mut writer = Writer::new(dialect);
    writer.push("DROP TABLE IF EXISTS ").name(table.name);
    writer.into_sql()
}
