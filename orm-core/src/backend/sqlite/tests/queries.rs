//! Statements, parameters, rows and counts.

use chrono::{NaiveDate, NaiveTime};

use super::*;
use crate::driver::{Connector, Control, FixedId, NoRows};
use crate::error::Mismatch;

#[tokio::test]
async fn every_value_comes_back_in_its_storage_class() {
    let mut connection = memory().await;
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    let time = NaiveTime::from_hms_nano_opt(1, 2, 3, 45_678_999).unwrap();
    let cases = [
        (Value::Null, Value::Null),
        (Value::Int(i64::MIN), Value::Int(i64::MIN)),
        (Value::UInt(9_223_372_036_854_775_807), Value::Int(i64::MAX)),
        (Value::Float(0.5), Value::Double(0.5)),
        (Value::Double(1e300), Value::Double(1e300)),
        (text("zażółć\0x"), text("zażółć\0x")),
        (text(""), text("")),
        (Value::Bytes(vec![0, 255].into()), Value::Bytes(vec![0, 255].into())),
        (Value::Bytes(Vec::new().into()), Value::Bytes(Vec::new().into())),
        (Value::Date(day), text("2024-02-29")),
        (Value::Time(time), text("01:02:03.045678")),
        (Value::DateTime(day.and_time(time)), text("2024-02-29 01:02:03.045678")),
        (Value::DateTime(day.and_time(NaiveTime::MIN)), text("2024-02-29 00:00:00.000000")),
    ];
    for (sent, expected) in cases {
        let found = rows(&mut *connection, "SELECT ?", vec![sent]).await;
        assert_eq!(found, [[expected]]);
    }
}

#[tokio::test]
async fn what_sqlite_cannot_hold_is_an_encode_error() {
    let mut connection = memory().await;
    let far = NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
    for value in [
        Value::UInt(u64::MAX),
        Value::Double(f64::NAN),
        Value::Float(f32::INFINITY),
        Value::Date(far),
        Value::DateTime(far.and_time(NaiveTime::MIN)),
    ] {
        let error = fails(&mut *connection, "SELECT ?", vec![value]).await;
        assert!(matches!(error, Error::Encode(_)), "{error}");
        assert!(!connection.is_broken());
    }
}

#[tokio::test]
async fn names_counts_and_ids() {
    let mut connection = memory().await;
    run(&mut *connection, "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER) STRICT")
        .await
        .unwrap();
    run(&mut *connection, "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER UNIQUE) STRICT")
        .await
        .unwrap();
    let mut done = async |sql: &'static str| ask(&mut *connection, sql, Vec::new()).await.unwrap();

    assert_eq!(done("INSERT INTO a (n) VALUES (7)").await.1, Done { affected: 1, last_insert_id: Some(1) });
    // The same id as the statement before, in another table.
    assert_eq!(done(" insert INTO b (n) VALUES (7)").await.1, Done { affected: 1, last_insert_id: Some(1) });
    assert_eq!(done("INSERT INTO a (n) VALUES (8), (9)").await.1, Done { affected: 2, last_insert_id: None });
    assert_eq!(done("INSERT OR IGNORE INTO b (n) VALUES (7)").await.1, Done::default());
    let upsert = "INSERT INTO b (id, n) VALUES (5, 7) ON CONFLICT (n) DO UPDATE SET n = excluded.n";
    assert_eq!(done(upsert).await.1, Done { affected: 1, last_insert_id: None });
    let (kept, end) = done("INSERT INTO a (n) VALUES (1), (2) RETURNING id").await;
    assert_eq!(kept.rows, [[Value::Int(4)], [Value::Int(5)]]);
    assert_eq!(end.affected, 2);
    // Matched, though not changed.
    assert_eq!(done("UPDATE a SET n = n").await.1, Done { affected: 5, last_insert_id: None });
    let (kept, end) = done("SELECT id, n AS number FROM a WHERE id < 3 ORDER BY id").await;
    assert_eq!(kept.names, ["id", "number"]);
    assert_eq!(kept.rows, [[Value::Int(1), Value::Int(7)], [Value::Int(2), Value::Int(8)]]);
    assert_eq!(end, Done::default());
    assert_eq!(done("SELECT id FROM a WHERE id < 0").await.0.names, ["id"]);
    assert_eq!(done("UPDATE a SET n = 1 WHERE id < 0").await.1, Done::default());
    assert_eq!(done("CREATE TABLE c (x INTEGER) STRICT").await.1, Done::default());
    assert_eq!(done("DELETE FROM a").await.1, Done { affected: 5, last_insert_id: None });
}

#[tokio::test]
async fn fixed_statements_are_prepared_once_and_survive_a_changed_table() {
    static FIND: FixedId = FixedId::new();
    static LATER: FixedId = FixedId::new();
    let mut connection = memory().await;
    run(&mut *connection, "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
        .await
        .unwrap();
    // The text of later calls is not looked at.
    for sql in ["SELECT * FROM t WHERE id = ?", "never prepared"] {
        let mut kept = Kept::default();
        connection.query(Statement::Fixed { id: &FIND, sql }, &[Value::Int(2)], &mut kept).await.unwrap();
        assert_eq!((kept.names.len(), kept.rows), (1, vec![vec![Value::Int(2)]]));
    }
    run(&mut *connection, "ALTER TABLE t ADD COLUMN name TEXT").await.unwrap();
    let mut kept = Kept::default();
    connection.query(Statement::Fixed { id: &FIND, sql: "" }, &[Value::Int(1)], &mut kept).await.unwrap();
    assert_eq!(kept.names, ["id", "name"]);
    assert_eq!(kept.rows, [[Value::Int(1), Value::Null]]);

    // One that fails to be prepared is tried again.
    let later = Statement::Fixed { id: &LATER, sql: "SELECT 1 FROM later" };
    assert!(connection.query(later, &[], &mut NoRows).await.is_err());
    run(&mut *connection, "CREATE TABLE later (x)").await.unwrap();
    connection.query(later, &[], &mut NoRows).await.unwrap();
}

#[tokio::test]
async fn a_script_runs_to_its_end_and_only_a_script_may_hold_several_statements() {
    let mut connection = memory().await;
    let script = "CREATE TABLE t (a, b);; INSERT INTO t VALUES (1, 2), (3, 4); SELECT a FROM t; SELECT a, b FROM t; -- end";
    let mut kept = Kept::default();
    // Results of different widths: only the sink that asks for no names can take them.
    struct Widths(Vec<usize>);
    impl RowSink for Widths {
        fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
            self.0.push(cells.len());
            Ok(Flow::Continue)
        }
    }
    let mut widths = Widths(Vec::new());
    let done = connection.query(Statement::Text(script), &[], &mut widths).await.unwrap();
    assert_eq!((done.affected, widths.0), (2, vec![1, 1, 2, 2]));
    for sql in ["SELECT 1; SELECT 2", "DELETE FROM t; DELETE FROM t"] {
        let error = connection.query(Statement::Dynamic(sql), &[], &mut kept).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
    }
    assert_eq!(rows(&mut *connection, "SELECT count(*) FROM t;", Vec::new()).await, [[Value::Int(2)]]);
    // A trailing comment is no second statement.
    rows(&mut *connection, "SELECT 1; -- one", Vec::new()).await;
}

#[tokio::test]
async fn placeholders_and_values_must_be_as_many() {
    let mut connection = memory().await;
    for params in [vec![], vec![Value::Int(1), Value::Int(2)]] {
        let error = fails(&mut *connection, "SELECT ?", params).await;
        assert!(matches!(&error, Error::Unsupported(_)), "{error}");
    }
}

const NUMBERS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i, 'row ' || i FROM n";

#[tokio::test]
async fn a_long_result_arrives_in_order_and_is_not_read_ahead() {
    /// Takes a break, and counts the rows that were read from the table during it.
    #[derive(Default)]
    struct Slow {
        rows: i64,
        break_ended: i64,
        ahead: usize,
    }
    impl RowSink for Slow {
        fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
            self.rows += 1;
            assert_eq!(cells.take(0), Value::Int(self.rows));
            assert_eq!(cells.take(1).into_owned(), Value::Text(format!("row {}", self.rows).into()));
            assert_eq!(cells.take(3), Value::Null, "past the end");
            if self.rows == 10_000 {
                std::thread::sleep(std::time::Duration::from_millis(100));
                self.break_ended = chrono::Utc::now().timestamp_millis();
            }
            // SQLite's clock stands still for the time of one row.
            if let Value::Int(read_at) = cells.take(2) {
                self.ahead += usize::from(self.rows > 10_000 && read_at < self.break_ended - 10);
            }
            Ok(if self.rows % 1_000 == 0 { Flow::Pause } else { Flow::Continue })
        }
    }
    let mut connection = memory().await;
    let mut sink = Slow::default();
    let sql = NUMBERS.replace(
        "'row ' || i",
        "'row ' || i, CAST(unixepoch('now', 'subsec', (i * 0) || ' days') * 1000 AS INTEGER)",
    );
    connection.query(Statement::Dynamic(&sql), &[Value::Int(100_000)], &mut sink).await.unwrap();
    assert_eq!(sink.rows, 100_000);
    assert!(sink.ahead <= 4 * 256, "{} rows were kept in memory", sink.ahead);
}

#[tokio::test]
async fn every_length_around_the_edges_of_batches_is_whole() {
    let mut connection = memory().await;
    for length in [0, 1, 7, 8, 9, 16, 263, 264, 265, 519, 520, 521] {
        let (kept, _) = ask(&mut *connection, NUMBERS, vec![Value::Int(length.max(1))]).await.unwrap();
        let expected: Vec<Value<'_>> = (1..=length.max(1)).map(Value::Int).collect();
        assert_eq!(kept.rows.into_iter().map(|mut row| row.swap_remove(0)).collect::<Vec<_>>(), expected);
    }
    // Rows larger than a batch.
    let sql = "SELECT zeroblob(200000) FROM (VALUES (1), (2), (3))";
    assert_eq!(rows(&mut *connection, sql, Vec::new()).await.len(), 3);
}

#[tokio::test]
async fn a_sink_that_refuses_ends_the_statement_and_not_the_connection() {
    struct Refuses(usize);
    impl RowSink for Refuses {
        fn row(&mut self, _cells: &mut dyn Cells) -> Result<Flow> {
            self.0 += 1;
            if self.0 == 20 { Err(Error::Decode(Mismatch::new("x", "y"))) } else { Ok(Flow::Continue) }
        }
    }
    let mut connection = memory().await;
    let mut sink = Refuses(0);
    // A result without an end is left all the same.
    let error =
        connection.query(Statement::Dynamic(NUMBERS), &[Value::Int(i64::MAX)], &mut sink).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    assert_eq!(sink.0, 20);
    assert!(!connection.is_broken());
    assert_eq!(rows(&mut *connection, NUMBERS, vec![Value::Int(30)]).await.len(), 30);
}

#[tokio::test]
async fn transactions_and_what_the_connection_says_of_them() {
    let mut connection = memory().await;
    run(&mut *connection, "CREATE TABLE t (x INTEGER)").await.unwrap();
    assert!(!connection.in_transaction());
    connection.control(Control::BEGIN).await.unwrap();
    assert!(connection.in_transaction());
    run(&mut *connection, "INSERT INTO t VALUES (1)").await.unwrap();
    connection.control(Control::Commit).await.unwrap();
    assert!(!connection.in_transaction());
    connection.control(Control::BEGIN).await.unwrap();
    run(&mut *connection, "INSERT INTO t VALUES (2)").await.unwrap();
    connection.control(Control::Rollback).await.unwrap();
    assert!(!connection.in_transaction());
    assert_eq!(rows(&mut *connection, "SELECT x FROM t", Vec::new()).await, [[Value::Int(1)]]);
    // Without a transaction there is nothing to undo, and nothing to keep.
    connection.control(Control::Rollback).await.unwrap();
    let error = connection.control(Control::Commit).await.unwrap_err();
    assert!(matches!(error, Error::TransactionEnded(_)), "{error}");
    // A conflict clause can end a transaction: the flag of the reply says so.
    run(&mut *connection, "CREATE UNIQUE INDEX t_x ON t (x)").await.unwrap();
    connection.control(Control::BEGIN).await.unwrap();
    assert!(run(&mut *connection, "INSERT OR ROLLBACK INTO t VALUES (1)").await.is_err());
    assert!(!connection.in_transaction());
    connection.control(Control::BEGIN).await.unwrap();
    connection.control(Control::Reset).await.unwrap();
    assert!(!connection.in_transaction());
    connection.control(Control::Ping).await.unwrap();
    connection.close().await;
}

#[tokio::test]
async fn the_session_is_as_promised_and_so_again_after_a_reset() {
    let folder = Folder::new();
    let mut connection = open(&folder.url("")).await.unwrap();
    run(&mut *connection, "CREATE TABLE t (x INTEGER)").await.unwrap();
    for _ in 0..2 {
        for (pragma, value) in [
            ("PRAGMA foreign_keys", Value::Int(1)),
            ("PRAGMA journal_mode", text("wal")),
            ("PRAGMA synchronous", Value::Int(1)),
        ] {
            assert_eq!(rows(&mut *connection, pragma, Vec::new()).await, [[value]], "{pragma}");
        }
        // Otherwise this would be the text nope.
        assert!(ask(&mut *connection, "SELECT \"nope\" FROM t", Vec::new()).await.is_err());
        run(&mut *connection, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA query_only = ON")
            .await
            .unwrap();
        connection.control(Control::Reset).await.unwrap();
    }
    connection.close().await;
    assert!(!folder.0.join("test.db-wal").exists(), "closed, the log is part of the file");
}

#[tokio::test]
async fn memory_is_one_connection_and_a_file_as_many_as_one_likes() {
    assert_eq!(SqliteConnector::new("sqlite::memory:").unwrap().max_connections(), Some(1));
    let connector = SqliteConnector::new("sqlite://x.db").unwrap();
    assert_eq!(connector.max_connections(), None);
    assert_eq!(connector.dialect().name(), "sqlite");
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let folder = Folder::new();
    let refused = async |url: &str| open(url).await.err().unwrap();
    let path = folder.0.display();
    let error = refused(&format!("sqlite://{path}/none/x.db")).await;
    assert!(matches!(&error, Error::Configuration(m) if m.contains("no directory")), "{error}");
    let error = refused(&format!("sqlite://{path}")).await;
    assert!(matches!(&error, Error::Configuration(m) if m.contains("is a directory")), "{error}");
    for mode in ["ro", "rw"] {
        let error = refused(&folder.url(&format!("?mode={mode}"))).await;
        assert!(matches!(&error, Error::UnknownDatabase(_)), "{error}");
    }
    std::fs::write(folder.0.join("test.db"), "this is no database, however long it may be".repeat(200))
        .unwrap();
    for mode in ["ro", "rw", "rwc"] {
        let error = refused(&folder.url(&format!("?mode={mode}"))).await;
        assert!(
            matches!(&error, Error::Configuration(m) if m.contains("is not an SQLite database")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_damaged_file_is_an_error_and_no_panic() {
    let folder = Folder::new();
    let mut connection = open(&folder.url("")).await.unwrap();
    run(&mut *connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)").await.unwrap();
    let fill = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, i FROM n";
    run(&mut *connection, fill).await.unwrap();
    connection.close().await;
    let path = folder.0.join("test.db");
    let whole = std::fs::read(&path).unwrap();
    for at in (100..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        let end = (at + 40).min(damaged.len());
        damaged[at..end].fill(0xd7);
        std::fs::write(&path, damaged).unwrap();
        let Ok(mut connection) = open(&folder.url("?mode=ro")).await else { continue };
        let _ = ask(&mut *connection, "SELECT * FROM t", Vec::new()).await;
        let _ = ask(&mut *connection, "SELECT * FROM t WHERE id = ?", vec![Value::Int(2_500)]).await;
        assert!(!connection.is_broken(), "its thread has panicked");
        connection.close().await;
    }
}

#[tokio::test]
async fn read_only_reads_and_refuses_to_write() {
    let folder = Folder::new();
    let mut writer = open(&folder.url("")).await.unwrap();
    run(&mut *writer, "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1)").await.unwrap();
    let mut reader = open(&folder.url("?mode=ro")).await.unwrap();
    reader.control(Control::BEGIN).await.unwrap();
    assert_eq!(rows(&mut *reader, "SELECT x FROM t", Vec::new()).await, [[Value::Int(1)]]);
    reader.control(Control::Commit).await.unwrap();
    let error = fails(&mut *reader, "DELETE FROM t", Vec::new()).await;
    assert!(matches!(&error, Error::ReadOnly(_)), "{error}");
}
