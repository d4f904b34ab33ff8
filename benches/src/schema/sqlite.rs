//! The schema in SQLite's words.

use super::{WRITTEN, add};
use crate::cells::Row;
use crate::contestant::Local;
use crate::runner::Tables;

pub const SQLITE: &str = "PRAGMA journal_mode = WAL; \
    CREATE TABLE items (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, category TEXT NOT NULL, price REAL NOT NULL, \
    stock INTEGER NOT NULL, added TEXT NOT NULL) STRICT; \
    CREATE INDEX items_category_idx ON items (category); \
    CREATE TABLE inserts (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, category TEXT NOT NULL, price REAL NOT NULL, \
    stock INTEGER NOT NULL, added TEXT NOT NULL) STRICT; \
    CREATE TABLE wides (id INTEGER PRIMARY KEY AUTOINCREMENT, small INTEGER NOT NULL, medium INTEGER NOT NULL, big INTEGER NOT NULL, \
    flag INTEGER NOT NULL, ratio REAL NOT NULL, title TEXT NOT NULL, code TEXT NOT NULL, body TEXT NOT NULL, note TEXT, parent INTEGER, \
    made TEXT NOT NULL, day TEXT NOT NULL, amount TEXT NOT NULL, document TEXT NOT NULL, payload BLOB NOT NULL) STRICT;";

/// The cells of a written row. Its time may be stored with less than six digits behind the second, as some libraries do.
fn text(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let cell = |n| Ok(format!("{:?}", row.get_ref(n)?));
    let mut cells: Row = (0..5).map(cell).collect::<rusqlite::Result<_>>()?;
    cells.push(without_zeros(row.get_ref(5)?.as_str()?));
    Ok(cells)
}

/// A time without the zeros at the end of its fraction.
fn without_zeros(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, fraction)) => format!("{seconds}.{}", fraction.trim_end_matches('0')),
        None => format!("{time}."),
    }
}

/// An SQLite file.
pub struct SqliteTables(pub rusqlite::Connection);

impl Tables for SqliteTables {
    fn empty(&mut self) -> Local<'_, ()> {
        let emptied =
            self.0.execute_batch("DELETE FROM inserts; DELETE FROM sqlite_sequence WHERE name = 'inserts'");
        Box::pin(async { Ok(emptied?) })
    }

    fn add<'a>(&'a mut self, ids: &[u64]) -> Local<'a, ()> {
        let added = self.0.execute_batch(&add(ids));
        Box::pin(async { Ok(added?) })
    }

    fn written(&mut self) -> Local<'_, Vec<Row>> {
        Box::pin(async {
            let mut statement = self.0.prepare(WRITTEN)?;
            Ok(statement.query_map((), text)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn stock(&mut self, id: u64) -> Local<'_, i64> {
        let stock = self.0.query_row("SELECT stock FROM items WHERE id = ?", (id,), |row| row.get(0));
        Box::pin(async { Ok(stock?) })
    }
}
