//! The databases that are there, and what tests do with them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::db::{Call, CallStatement, Db, DbOptions, Executor, Transaction};
use crate::driver::{Cells, Done, Flow, NoRows, RowSink};
use crate::error::{Error, Result};
use crate::schema::{ColumnDef, DataType, Index, Table};
use crate::value::Value;

/// A database of a test's own.
pub(super) struct Place {
    pub(super) url: String,
    /// Whether it is one connection's memory.
    pub(super) memory: bool,
    /// Where it is on a server: the server's URL and the database's name.
    pub(super) server: Option<(String, String)>,
    pub(super) folder: Option<PathBuf>,
}

impl Place {
    pub(super) fn options(&self) -> DbOptions {
        DbOptions::new(&self.url).acquire_timeout(Duration::from_secs(5))
    }

    pub(super) async fn db(&self) -> Db {
        self.options().connect().await.unwrap()
    }

    /// A connection of its own to the same data, where there can be one.
    pub(super) async fn second(&self) -> Option<Db> {
        if self.memory { None } else { Some(self.db().await) }
    }

    /// A statement that takes seconds.
    pub(super) fn long(&self) -> &'static str {
        if self.server.is_some() {
            "SELECT SLEEP(5)"
        } else {
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900000000) SELECT MAX(i) FROM n"
        }
    }

    /// What only this connection has, so that it is known again. Not for use in a transaction.
    pub(super) async fn connection(&self, executor: &impl Executor) -> String {
        if self.server.is_some() {
            return one(executor, "SELECT CONNECTION_ID()").await;
        }
        // A temporary table is the connection's own.
        run(executor, "CREATE TEMP TABLE IF NOT EXISTS mark AS SELECT random() AS n").await.unwrap();
        one(executor, "SELECT n FROM mark").await
    }

    pub(super) async fn end(self) {
        if let Some((url, name)) = &self.server {
            let admin = Db::connect(url).await.unwrap();
            run(&admin, &format!("DROP DATABASE `{name}`")).await.unwrap();
            admin.close().await.unwrap();
        }
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// The servers whose URL is set.
pub(super) async fn servers() -> Vec<Place> {
    let mut places = Vec::new();
    for variable in ["MYSQL_URL", "MARIADB_URL"] {
        let Ok(url) = std::env::var(variable) else { continue };
        let admin = match Db::connect(&url).await {
            // The feature is off.
            Err(Error::Configuration(_)) => continue,
            other => other.unwrap(),
        };
        let name = unique_name();
        run(&admin, &format!("CREATE DATABASE `{name}`")).await.unwrap();
        admin.close().await.unwrap();
        let mut own = url::Url::parse(&url).unwrap();
        own.set_path(&name);
        places.push(Place { url: own.into(), memory: false, server: Some((url, name)), folder: None });
    }
    places
}

/// SQLite in memory and in a file; nothing where the feature is off.
pub(super) async fn embedded() -> Vec<Place> {
    let url = "sqlite::memory:".to_owned();
    match Db::connect(&url).await {
        Err(Error::Configuration(_)) => return Vec::new(),
        other => drop(other.unwrap()),
    }
    let memory = Place { url, memory: true, server: None, folder: None };
    let folder = std::env::temp_dir().join(unique_name());
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite://{}", folder.join("test.db").display());
    vec![memory, Place { url, memory: false, server: None, folder: Some(folder) }]
}

/// Every database that is there.
pub(super) async fn places() -> Vec<Place> {
    let mut places = servers().await;
    places.extend(embedded().await);
    places
}

fn unique_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("orm_db_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Keeps numbers and texts as text.
#[derive(Default)]
pub(super) struct Kept(pub(super) Vec<Vec<String>>);

impl RowSink for Kept {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        let row = (0..cells.len()).map(|n| match cells.take(n) {
            Value::Int(v) => v.to_string(),
            Value::UInt(v) => v.to_string(),
            Value::Text(v) => v.into_owned(),
            Value::Bytes(v) => String::from_utf8_lossy(&v).into_owned(),
            other => format!("{other:?}"),
        });
        self.0.push(row.collect());
        Ok(Flow::Continue)
    }
}

pub(super) async fn run(executor: &impl Executor, sql: &str) -> Result<Done> {
    let call = Call { table: Some(&ACCOUNTS), statement: CallStatement::Dynamic(sql), params: &[] };
    executor.handle().run(&call, &mut NoRows).await
}

/// A caller's own statement, after which the session is reset.
pub(super) fn foreign(sql: &str) -> Call<'_> {
    Call { table: None, statement: CallStatement::Foreign(sql), params: &[] }
}

pub(super) async fn ask(executor: &impl Executor, sql: &str) -> Result<Vec<Vec<String>>> {
    let mut kept = Kept::default();
    let call = Call { table: None, statement: CallStatement::Dynamic(sql), params: &[] };
    executor.handle().run(&call, &mut kept).await?;
    Ok(kept.0)
}

pub(super) async fn one(executor: &impl Executor, sql: &str) -> String {
    ask(executor, sql).await.unwrap().swap_remove(0).swap_remove(0)
}

const BIGINT: DataType = DataType::Integer { bits: 64, signed: true };
pub(super) static ACCOUNTS: Table = Table::new(
    "Account",
    "accounts",
    &[
        ColumnDef::new("accounts", "id", "id", BIGINT, false),
        ColumnDef::new("accounts", "balance", "balance", BIGINT, false),
        ColumnDef::new("accounts", "code", "code", BIGINT, false),
    ],
    &[0],
)
.with_indexes(&[Index::new("accounts_code_key", &[2], true)]);

pub(super) async fn bank(db: &Db) {
    run(db, "CREATE TABLE accounts (id BIGINT NOT NULL, balance BIGINT NOT NULL, code BIGINT NOT NULL, PRIMARY KEY (id))")
        .await
        .unwrap();
    run(db, "CREATE UNIQUE INDEX accounts_code_key ON accounts (code)").await.unwrap();
    run(db, "INSERT INTO accounts VALUES (1, 100, 1), (2, 100, 2)").await.unwrap();
}

pub(super) async fn balances(executor: &impl Executor) -> Vec<String> {
    let rows = ask(executor, "SELECT balance FROM accounts ORDER BY id").await.unwrap();
    rows.into_iter().flatten().collect()
}

pub(super) async fn transfer(tx: &Transaction) -> Result<()> {
    run(tx, "UPDATE accounts SET balance = balance - 10 WHERE id = 1").await?;
    run(tx, "UPDATE accounts SET balance = balance + 10 WHERE id = 2").await?;
    Ok(())
}

pub(super) fn assert_ended<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::TransactionEnded(_))), "{result:?}");
}
