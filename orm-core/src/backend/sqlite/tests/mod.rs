//! The driver against the real library, through the trait objects.

mod cancel;
mod ddl;
mod errors;
mod queries;
mod trees;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::SqliteConnector;
use crate::driver::{Cells, Connection, Connector as _, Done, Flow, RowSink, Statement};
use crate::error::{Error, Result};
use crate::value::Value;

/// Keeps all rows.
#[derive(Default)]
struct Kept {
    names: Vec<String>,
    rows: Vec<Vec<Value<'static>>>,
}

impl RowSink for Kept {
    fn wants_columns(&self) -> bool {
        true
    }

    fn columns(&mut self, names: &[&str]) -> Result<()> {
        assert!(self.names.is_empty() && self.rows.is_empty(), "names come once, before the rows");
        self.names = names.iter().map(ToString::to_string).collect();
        Ok(())
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        let nulls: Vec<_> = (0..cells.len()).map(|n| cells.is_null(n)).collect();
        let row: Vec<_> = (0..cells.len()).map(|n| cells.take(n).into_owned()).collect();
        assert!(row.iter().map(Value::is_null).eq(nulls), "known before it is taken");
        assert!(cells.is_null(99), "past the end");
        self.rows.push(row);
        Ok(Flow::Continue)
    }
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("orm-sqlite-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn url(&self, query: &str) -> String {
        format!("sqlite://{}{query}", self.0.join("test.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn open(url: &str) -> Result<Box<dyn Connection>> {
    SqliteConnector::new(url)?.connect().await
}

async fn memory() -> Box<dyn Connection> {
    open("sqlite::memory:").await.unwrap()
}

async fn ask(connection: &mut dyn Connection, sql: &str, params: Vec<Value<'_>>) -> Result<(Kept, Done)> {
    let mut kept = Kept::default();
    let done = connection.query(Statement::Dynamic(sql), &params, &mut kept).await?;
    Ok((kept, done))
}

async fn rows(
    connection: &mut dyn Connection,
    sql: &str,
    params: Vec<Value<'_>>,
) -> Vec<Vec<Value<'static>>> {
    ask(connection, sql, params).await.unwrap().0.rows
}

async fn run(connection: &mut dyn Connection, sql: &str) -> Result<Done> {
    connection.query(Statement::Text(sql), &[], &mut crate::driver::NoRows).await
}

async fn fails(connection: &mut dyn Connection, sql: &str, params: Vec<Value<'_>>) -> Error {
    ask(connection, sql, params).await.err().unwrap_or_else(|| panic!("{sql} should fail"))
}

fn text(text: &str) -> Value<'_> {
    Value::Text(text.into())
}
