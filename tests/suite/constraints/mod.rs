//! Foreign keys as constraints of the database: what `sync` writes, in which order, and what they do.

use orm_core::prelude::*;
use orm_core::schema::{Action, ColumnDef, DataType, ForeignKey, Index, Table};
use tests::{Fixture, Outcome};

pub(crate) mod actions;
pub(crate) mod drops;
pub(crate) mod joins;
pub(crate) mod models;
pub(crate) mod order;

const NUMBER: DataType = DataType::Integer { bits: 64, signed: false };

/// A generated key.
const fn id(table: &'static str) -> ColumnDef {
    ColumnDef::new(table, "id", "id", NUMBER, false).auto_increment()
}

/// A foreign key's column.
const fn link(table: &'static str, name: &'static str) -> ColumnDef {
    ColumnDef::new(table, name, name, NUMBER, true)
}

/// The table as the database keeps it: its own statement, and on SQLite those of its indexes too.
async fn definition(fixture: &Fixture, table: &str) -> Result<Vec<String>, Error> {
    let db = &fixture.db;
    if fixture.is_sqlite() {
        // It has no SHOW CREATE TABLE.
        let sql = "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY name";
        return db.query_as(sql, (table,)).await;
    }
    let rows: Vec<(String, String)> =
        db.query_as(TrustedSql(format!("SHOW CREATE TABLE `{table}`")), ()).await?;
    Ok(rows.into_iter().map(|(_, sql)| sql).collect())
}

/// All of these tables.
async fn definitions(fixture: &Fixture, tables: &[&'static Table]) -> Result<Vec<Vec<String>>, Error> {
    let mut found = Vec::new();
    for table in tables {
        found.push(definition(fixture, table.name).await?);
    }
    Ok(found)
}

/// The columns of a table's foreign keys with what they refer to, and what happens ON DELETE and ON UPDATE.
async fn keys(fixture: &Fixture, table: &str) -> Result<Vec<String>, Error> {
    let sql = if fixture.is_sqlite() {
        r#"SELECT "from", "table", "to", on_delete, on_update FROM pragma_foreign_key_list(?)"#
    } else {
        "SELECT k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE \
         FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r \
         ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME \
         WHERE k.TABLE_SCHEMA = DATABASE() AND k.TABLE_NAME = ?"
    };
    let rows: Vec<(String, String, String, String, String)> = fixture.db.query_as(sql, (table,)).await?;
    let mut lines: Vec<String> = rows
        .into_iter()
        .map(|(column, target, key, delete, update)| {
            format!("{column} -> {target}.{key}, {delete}, {update}")
        })
        .collect();
    lines.sort();
    Ok(lines)
}

/// The names of the indexes of a table, besides that of its key.
async fn indexes(fixture: &Fixture, table: &str) -> Result<Vec<String>, Error> {
    let sql = if fixture.is_sqlite() {
        "SELECT name FROM pragma_index_list(?) WHERE origin <> 'pk' ORDER BY name"
    } else {
        "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS \
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME <> 'PRIMARY' ORDER BY INDEX_NAME"
    };
    fixture.db.query_as(sql, (table,)).await
}

/// The tables that are there.
async fn tables(fixture: &Fixture) -> Result<Vec<String>, Error> {
    let sql = if fixture.is_sqlite() {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    } else {
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
    };
    let mut names: Vec<String> = fixture.db.query_as(sql, ()).await?;
    names.sort();
    Ok(names)
}

/// Sends these statements.
async fn run(db: &Db, statements: &[&'static str]) -> Outcome {
    for sql in statements {
        db.execute(*sql, ()).await?;
    }
    Ok(())
}

/// Users, and tasks that refer to them.
static USERS: Table = Table::new("User", "users", USER_COLUMNS, &[0]);
const USER_COLUMNS: &[ColumnDef] = &[id("users"), link("users", "age")];

static TASKS: Table =
    Table::new("Task", "tasks", TASK_COLUMNS, &[0]).with_indexes(TASK_INDEXES).with_foreign_keys(TASK_KEYS);
const TASK_COLUMNS: &[ColumnDef] = &[id("tasks"), link("tasks", "user_id")];
const TASK_INDEXES: &[Index] = &[Index::new("tasks_user_id_idx", &[1], false)];
const TASK_KEYS: &[ForeignKey] =
    &[ForeignKey::new("tasks_user_id_fkey", &[1], || &USERS, Action::SetNull, Action::Cascade)];

/// Two tables that refer to each other.
static CAPTAINS: Table = Table::new("Captain", "captains", CAPTAIN_COLUMNS, &[0])
    .with_indexes(CAPTAIN_INDEXES)
    .with_foreign_keys(CAPTAIN_KEYS);
const CAPTAIN_COLUMNS: &[ColumnDef] = &[id("captains"), link("captains", "ship_id")];
const CAPTAIN_INDEXES: &[Index] = &[Index::new("captains_ship_id_idx", &[1], false)];
const CAPTAIN_KEYS: &[ForeignKey] =
    &[ForeignKey::new("captains_ship_id_fkey", &[1], || &SHIPS, Action::SetNull, Action::Cascade)];

static SHIPS: Table =
    Table::new("Ship", "ships", SHIP_COLUMNS, &[0]).with_indexes(SHIP_INDEXES).with_foreign_keys(SHIP_KEYS);
const SHIP_COLUMNS: &[ColumnDef] =
    &[id("ships"), ColumnDef::new("ships", "captain_id", "captain_id", NUMBER, false)];
const SHIP_INDEXES: &[Index] = &[Index::new("ships_captain_id_idx", &[1], false)];
const SHIP_KEYS: &[ForeignKey] =
    &[ForeignKey::new("ships_captain_id_fkey", &[1], || &CAPTAINS, Action::NoAction, Action::Cascade)];

/// Three in a ring, one of which refers to itself and to one outside of the ring too.
static ONES: Table =
    Table::new("One", "ones", ONE_COLUMNS, &[0]).with_indexes(ONE_INDEXES).with_foreign_keys(ONE_KEYS);
const ONE_COLUMNS: &[ColumnDef] =
    &[id("ones"), link("ones", "two_id"), link("ones", "one_id"), link("ones", "user_id")];
const ONE_INDEXES: &[Index] = &[
    Index::new("ones_two_id_idx", &[1], false),
    Index::new("ones_one_id_idx", &[2], false),
    Index::new("ones_user_id_idx", &[3], false),
];
const ONE_KEYS: &[ForeignKey] = &[
    ForeignKey::new("ones_two_id_fkey", &[1], || &TWOS, Action::Cascade, Action::Cascade),
    ForeignKey::new("ones_one_id_fkey", &[2], || &ONES, Action::NoAction, Action::NoAction),
    ForeignKey::new("ones_user_id_fkey", &[3], || &USERS, Action::Restrict, Action::Restrict),
];

static TWOS: Table =
    Table::new("Two", "twos", TWO_COLUMNS, &[0]).with_indexes(TWO_INDEXES).with_foreign_keys(TWO_KEYS);
const TWO_COLUMNS: &[ColumnDef] = &[id("twos"), link("twos", "three_id")];
const TWO_INDEXES: &[Index] = &[Index::new("twos_three_id_idx", &[1], false)];
const TWO_KEYS: &[ForeignKey] =
    &[ForeignKey::new("twos_three_id_fkey", &[1], || &THREES, Action::Restrict, Action::Restrict)];

static THREES: Table = Table::new("Three", "threes", THREE_COLUMNS, &[0])
    .with_indexes(THREE_INDEXES)
    .with_foreign_keys(THREE_KEYS);
const THREE_COLUMNS: &[ColumnDef] = &[id("threes"), link("threes", "one_id")];
const THREE_INDEXES: &[Index] = &[Index::new("threes_one_id_idx", &[1], false)];
const THREE_KEYS: &[ForeignKey] =
    &[ForeignKey::new("threes_one_id_fkey", &[1], || &ONES, Action::NoAction, Action::Cascade)];
