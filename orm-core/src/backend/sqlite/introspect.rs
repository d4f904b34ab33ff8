//! Questions about the tables that are there.

use rusqlite::Connection;

/// The tables, other than itself, with foreign keys to the table of this name, given twice. The names of these cannot be asked for.
pub(super) const REFERRERS: &str = "SELECT DISTINCT m.name, '' FROM sqlite_schema m, pragma_foreign_key_list(m.name) f \
    WHERE m.type = 'table' AND f.\"table\" = ? COLLATE NOCASE AND m.name <> ? COLLATE NOCASE ORDER BY m.name";

/// The table of this name.
pub(super) const TABLE_NAME: &str =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE";

/// The indexes of the table of this name, without those that SQLite makes for itself.
pub(super) const INDEX_NAMES: &str = "SELECT name FROM sqlite_schema \
    WHERE type = 'index' AND tbl_name = ? COLLATE NOCASE AND sql IS NOT NULL ORDER BY name";

/// What starts the statement that lets ids begin again.
pub(super) const FORGET_SEQUENCE: &str = "DELETE FROM sqlite_sequence WHERE name = ";

/// Whether this statement failed only because no table of the file has ever had AUTOINCREMENT.
pub(super) fn lacks_sequence(sql: &str, message: &str) -> bool {
    sql.starts_with(FORGET_SEQUENCE) && message == "no such table: sqlite_sequence"
}

/// The table and column of a check that is named `<table>_<column>_<suffix>`; nothing where two would fit.
pub(super) fn checked_column(connection: &Connection, constraint: &str) -> Option<(String, String)> {
    let sql = "SELECT m.name, p.name FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' \
        AND substr(?1, 1, length(m.name) + length(p.name) + 2) = m.name || '_' || p.name || '_' \
        AND instr(substr(?1, length(m.name) + length(p.name) + 3), '_') = 0 LIMIT 2";
    let mut statement = connection.prepare_cached(sql).ok()?;
    let found: Vec<(String, String)> =
        statement.query_map([constraint], |row| Ok((row.get(0)?, row.get(1)?))).ok()?.flatten().collect();
    <[_; 1]>::try_from(found).ok().map(|[only]| only)
}

/// The unique index over exactly these columns, where it has a name of ours.
pub(super) fn unique_index(connection: &Connection, table: &str, columns: &[String]) -> Option<String> {
    let sql = "SELECT l.name FROM pragma_index_list(?1) l WHERE l.\"unique\" AND l.origin = 'c' \
        AND (SELECT group_concat(i.name, ', ' ORDER BY i.seqno) FROM pragma_index_info(l.name) i) = ?2";
    connection.prepare_cached(sql).ok()?.query_row([table, &columns.join(", ")], |row| row.get(0)).ok()
}
