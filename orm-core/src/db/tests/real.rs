//! The same on real databases: SQLite where it is compiled in, MySQL and MariaDB where their URLs are set.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::db::{Call, CallStatement, Db, DbOptions, Executor, Transaction};
use crate::driver::{Cells, Done, Flow, NoRows, RowSink};
use crate::error::{Error, Operation, Result};
use crate::schema::{ColumnDef, DataType, Index, Table};
use crate::value::Value;

/// A database of a test's own.
struct Place {
    url: String,
    /// Whether it is one connection's memory.
    memory: bool,
    /// Where it is on a server: the server's URL and the database's name.
    server: Option<(String, String)>,
    folder: Option<PathBuf>,
}

impl Place {
    fn options(&self) -> DbOptions {
        DbOptions::new(&self.url).acquire_timeout(Duration::from_secs(5))
    }

    async fn db(&self) -> Db {
        self.options().connect().await.unwrap()
    }

    /// A connection of its own to the same data, where there can be one.
    async fn second(&self) -> Option<Db> {
        if self.memory { None } else { Some(self.db().await) }
    }

    async fn end(self) {
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
async fn servers() -> Vec<Place> {
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

/// Every database that is there.
async fn places() -> Vec<Place> {
    let mut places = servers().await;
    match Db::connect("sqlite::memory:").await {
        Err(Error::Configuration(_)) => return places,
        other => drop(other.unwrap()),
    }
    let url = "sqlite::memory:".to_owned();
    places.push(Place { url, memory: true, server: None, folder: None });
    let folder = std::env::temp_dir().join(unique_name());
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite://{}", folder.join("test.db").display());
    places.push(Place { url, memory: false, server: None, folder: Some(folder) });
    places
}

fn unique_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("orm_db_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Keeps numbers and texts as text.
#[derive(Default)]
struct Kept(Vec<Vec<String>>);

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

async fn run(executor: &impl Executor, sql: &str) -> Result<Done> {
    let call = Call { table: Some(&ACCOUNTS), statement: CallStatement::Dynamic(sql) };
    executor.handle().run(call, Vec::new(), &mut NoRows).await
}

async fn ask(executor: &impl Executor, sql: &str) -> Result<Vec<Vec<String>>> {
    let mut kept = Kept::default();
    let call = Call { table: None, statement: CallStatement::Dynamic(sql) };
    executor.handle().run(call, Vec::new(), &mut kept).await?;
    Ok(kept.0)
}

async fn one(executor: &impl Executor, sql: &str) -> String {
    ask(executor, sql).await.unwrap().swap_remove(0).swap_remove(0)
}

const BIGINT: DataType = DataType::Integer { bits: 64, signed: true };
static ACCOUNTS: Table = Table::new(
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

async fn bank(db: &Db) {
    run(db, "CREATE TABLE accounts (id BIGINT NOT NULL, balance BIGINT NOT NULL, code BIGINT NOT NULL, PRIMARY KEY (id))")
        .await
        .unwrap();
    run(db, "CREATE UNIQUE INDEX accounts_code_key ON accounts (code)").await.unwrap();
    run(db, "INSERT INTO accounts VALUES (1, 100, 1), (2, 100, 2)").await.unwrap();
}

async fn balances(executor: &impl Executor) -> Vec<String> {
    let rows = ask(executor, "SELECT balance FROM accounts ORDER BY id").await.unwrap();
    rows.into_iter().flatten().collect()
}

async fn transfer(tx: &Transaction) -> Result<()> {
    run(tx, "UPDATE accounts SET balance = balance - 10 WHERE id = 1").await?;
    run(tx, "UPDATE accounts SET balance = balance + 10 WHERE id = 2").await?;
    Ok(())
}

#[tokio::test]
async fn ok_commits_and_everything_else_rolls_back() {
    for place in places().await {
        let db = place.db().await;
        db.authenticate().await.unwrap();
        bank(&db).await;
        db.transaction(transfer).await.unwrap();
        assert_eq!(balances(&db).await, ["90", "110"]);

        let poor = db
            .transaction(async |tx| {
                transfer(tx).await?;
                Err::<(), _>(Error::custom(std::fmt::Error))
            })
            .await;
        assert!(poor.unwrap_err().downcast::<std::fmt::Error>().is_ok());
        assert_eq!(balances(&db).await, ["90", "110"]);

        let inner = db.clone();
        let panicked = tokio::spawn(async move {
            inner
                .transaction(async |tx| -> Result<()> {
                    transfer(tx).await?;
                    panic!("on purpose")
                })
                .await
        });
        assert!(panicked.await.unwrap_err().is_panic());
        assert_eq!(balances(&db).await, ["90", "110"]);

        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        drop(tx);
        assert_eq!(balances(&db).await, ["90", "110"]);

        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        assert_eq!(balances(&tx).await, ["80", "120"]);
        tx.rollback().await.unwrap();
        assert_eq!(balances(&db).await, ["90", "110"]);
        db.close().await.unwrap();
        assert!(matches!(db.authenticate().await, Err(Error::Closed)));
        place.end().await;
    }
}

/// Drops the future after so many polls. `None` where it was dropped.
async fn cut<T>(polls: u32, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_at_any_poll_the_bank_keeps_its_money() {
    for place in places().await {
        let db = place.options().max_connections(2).connect().await.unwrap();
        bank(&db).await;
        let observer = place.second().await;
        let (mut committed, mut ended) = (0, 0);
        for polls in 1..400 {
            let outcome = cut(polls, db.transaction(transfer)).await;
            // What others see, at once and without waiting for anybody: a bank with all its money.
            let seen = balances(observer.as_ref().unwrap_or(&db)).await;
            let money: i64 = seen.iter().map(|balance| balance.parse::<i64>().unwrap()).sum();
            assert_eq!(money, 200, "{}: cut at poll {polls}: {seen:?}", place.url);
            if let Some(result) = outcome {
                result.unwrap_or_else(|error| panic!("{}: cut at poll {polls}: {error}", place.url));
                committed += 1;
                ended += 1;
                if ended == 5 {
                    break;
                }
            }
        }
        assert!(committed > 0, "{}: the sweep was too short", place.url);
        // No slot is lost, and nothing holds a lock: both can be had at once, and both can write.
        for _ in 0..2 {
            db.transaction(transfer).await.unwrap_or_else(|error| panic!("{}: {error}", place.url));
        }
        let first = balances(&db).await[0].parse::<i64>().unwrap();
        // A cut after COMMIT was sent may have committed as well.
        assert!(first <= 100 - 10 * (committed + 2), "{}: a commit was lost: {first}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_broken_rule_names_model_and_columns() {
    for place in places().await {
        let db = place.db().await;
        bank(&db).await;
        for (sql, column) in [
            ("INSERT INTO accounts VALUES (1, 100, 7)", "id"),
            ("INSERT INTO accounts VALUES (7, 100, 1)", "code"),
        ] {
            match run(&db, sql).await.unwrap_err() {
                Error::UniqueViolation(violation) => {
                    assert_eq!(violation.model, Some("Account"), "{}", place.url);
                    assert_eq!(violation.table.as_deref(), Some("accounts"), "{}", place.url);
                    assert_eq!(violation.columns, [column], "{}: {violation:?}", place.url);
                }
                other => panic!("{}: {other:?}", place.url),
            }
        }
        match run(&db, "INSERT INTO accounts VALUES (7, NULL, 7)").await.unwrap_err() {
            Error::NotNullViolation(violation) => {
                assert_eq!(
                    (violation.model, violation.columns),
                    (Some("Account"), vec!["balance".to_owned()])
                );
            }
            other => panic!("{}: {other:?}", place.url),
        }
        match run(&db, "SELECT nonsense FROM nowhere").await.unwrap_err() {
            Error::Database(error) => assert_eq!(error.sql, "SELECT nonsense FROM nowhere"),
            other => panic!("{}: {other:?}", place.url),
        }
        // A violation leaves the transaction open.
        let tx = db.begin().await.unwrap();
        run(&tx, "INSERT INTO accounts VALUES (1, 100, 7)").await.unwrap_err();
        transfer(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(balances(&db).await, ["90", "110"], "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_given_up() {
    // Some seconds of work, wherever it runs.
    let long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900000000) SELECT MAX(i) FROM n";
    for place in places().await {
        let sql = if place.server.is_some() { "SELECT SLEEP(5)" } else { long };
        let options = place.options().max_connections(1).statement_timeout(Duration::from_millis(200));
        let db = options.connect().await.unwrap();
        bank(&db).await;
        let started = Instant::now();
        let error = ask(&db, sql).await.unwrap_err();
        assert!(matches!(error, Error::Timeout { operation: Operation::Statement, .. }), "{error:?}");
        assert_eq!(balances(&db).await, ["100", "100"], "{}: the data is still there", place.url);

        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        assert!(matches!(ask(&tx, sql).await, Err(Error::Timeout { .. })));
        assert!(matches!(ask(&tx, "SELECT 1").await, Err(Error::TransactionEnded(_))));
        assert!(matches!(tx.commit().await, Err(Error::TransactionEnded(_))));
        db.transaction(transfer).await.unwrap_or_else(|error| panic!("{}: {error}", place.url));
        assert_eq!(balances(&db).await, ["90", "110"], "{}", place.url);
        assert!(started.elapsed() < Duration::from_secs(4), "{}: {:?}", place.url, started.elapsed());
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn what_was_given_up_does_not_go_on_on_the_server() {
    for place in servers().await {
        let db = place.options().max_connections(3).connect().await.unwrap();
        let observer = place.db().await;
        for _ in 0..12 {
            let given_up =
                tokio::time::timeout(Duration::from_millis(30), ask(&db, "SELECT SLEEP(60)")).await;
            assert!(given_up.is_err());
        }
        let sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info = 'SELECT SLEEP(60)'";
        let started = Instant::now();
        while one(&observer, sleeping).await != "0" {
            assert!(started.elapsed() < Duration::from_secs(10), "{}", place.url);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        db.close().await.unwrap();
        observer.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn connections_and_their_statements_stay_warm() {
    for place in servers().await {
        let db = place.db().await;
        bank(&db).await;
        let connection = one(&db, "SELECT CONNECTION_ID()").await;
        let prepared = "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'";
        ask(&db, prepared).await.unwrap();
        ask(&db, "SELECT 7").await.unwrap();
        let before = ask(&db, prepared).await.unwrap();
        for _ in 0..50 {
            ask(&db, "SELECT 7").await.unwrap();
            assert_eq!(one(&db, "SELECT CONNECTION_ID()").await, connection);
        }
        assert_eq!(ask(&db, prepared).await.unwrap(), before, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_deadlock_ends_one_transaction_for_good() {
    for place in servers().await {
        let db = place.db().await;
        bank(&db).await;
        let (a, b) = (db.begin().await.unwrap(), db.begin().await.unwrap());
        let take = |id| format!("UPDATE accounts SET balance = balance + 1 WHERE id = {id}");
        let (one, two) = (take(1), take(2));
        run(&a, &one).await.unwrap();
        run(&b, &two).await.unwrap();
        let (first, second) = tokio::join!(run(&a, &two), run(&b, &one));
        let (loser, winner) = if first.is_err() { (a, b) } else { (b, a) };
        let error = first.and(second).unwrap_err();
        assert!(matches!(error, Error::Conflict(_)), "{error:?}");
        assert!(matches!(run(&loser, &one).await, Err(Error::TransactionEnded(_))));
        assert!(matches!(loser.commit().await, Err(Error::TransactionEnded(_))));
        winner.commit().await.unwrap();
        assert_eq!(balances(&db).await, ["101", "101"]);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn what_commits_silently_ends_the_transaction_here_as_well() {
    for place in servers().await {
        let db = place.db().await;
        bank(&db).await;
        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        run(&tx, "CREATE TABLE other (id BIGINT)").await.unwrap();
        assert!(matches!(transfer(&tx).await, Err(Error::TransactionEnded(_))));
        assert!(matches!(tx.commit().await, Err(Error::TransactionEnded(_))));
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_killed_connection_is_replaced() {
    for place in servers().await {
        let db = place.options().min_connections(3).connect().await.unwrap();
        bank(&db).await;
        let killer = place.db().await;
        let kill_all = async || {
            let own = one(&killer, "SELECT CONNECTION_ID()").await;
            let list = format!(
                "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> {own}"
            );
            for row in ask(&killer, &list).await.unwrap() {
                let _ = run(&killer, &format!("KILL {}", row[0])).await;
            }
            // A thread takes a moment to notice.
            while !ask(&killer, &list).await.unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        kill_all().await;
        db.transaction(transfer).await.expect("nothing was done yet, so another connection is as good");
        kill_all().await;
        let error = run(&db, "UPDATE accounts SET balance = 0").await.unwrap_err();
        assert!(matches!(error, Error::ConnectionLost(_)), "{error:?}");
        assert_eq!(balances(&db).await, ["90", "110"]);

        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        kill_all().await;
        assert!(matches!(transfer(&tx).await, Err(Error::ConnectionLost(_))));
        assert!(matches!(tx.commit().await, Err(Error::TransactionEnded(_))));
        assert_eq!(balances(&db).await, ["90", "110"]);

        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        kill_all().await;
        assert!(matches!(tx.commit().await, Err(Error::OutcomeUnknown)));
        assert_eq!(balances(&db).await, ["90", "110"]);
        db.close().await.unwrap();
        killer.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn raw_sql_leaves_no_settings_behind() {
    for place in servers().await {
        let db = place.options().max_connections(1).connect().await.unwrap();
        let mut lease = db.handle().lease().await.unwrap();
        lease.touch();
        let call = Call {
            table: None,
            statement: CallStatement::Text("SET SESSION sql_mode = '', time_zone = '+05:00', @x = 1"),
        };
        lease.run(call, Vec::new(), &mut NoRows).await.unwrap();
        drop(lease);
        let row = ask(&db, "SELECT @@sql_mode <> '', @@time_zone, COALESCE(@x, 'gone')").await.unwrap();
        assert_eq!(row[0], ["1", "+00:00", "gone"], "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_wrong_password_shows_when_connecting() {
    for place in servers().await {
        let mut url = url::Url::parse(&place.url).unwrap();
        url.set_username("nobody").unwrap();
        url.set_password(Some("s3cret")).unwrap();
        let error = Db::connect(&url).await.unwrap_err();
        assert!(matches!(&error, Error::AccessDenied { user } if &**user == "nobody"), "{error:?}");
        assert!(!format!("{error:?}").contains("s3cret"));
        place.end().await;
    }
}

#[tokio::test]
async fn in_memory_one_connection_serves_many_tasks() {
    let db = match Db::connect("sqlite::memory:").await {
        Err(Error::Configuration(_)) => return,
        other => other.unwrap(),
    };
    bank(&db).await;
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                // Every third one is given up somewhere.
                if n % 3 == 0 {
                    cut(n / 3 + 1, db.transaction(transfer)).await
                } else {
                    Some(db.transaction(transfer).await)
                }
            })
        })
        .collect();
    for task in tasks {
        if let Some(result) = task.await.unwrap() {
            result.unwrap();
        }
    }
    let money: i64 = balances(&db).await.iter().map(|balance| balance.parse::<i64>().unwrap()).sum();
    assert_eq!(money, 200);
}
