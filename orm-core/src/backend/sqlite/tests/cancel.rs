//! Futures dropped half-way, and connections in each other's way.

use std::future::Future;
use std::time::{Duration, Instant};

use super::*;
use crate::driver::{Connector, Control, NoRows};

const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
const ENDLESS_INSERT: &str =
    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";

async fn give_up<T>(after: Duration, future: impl Future<Output = T>) {
    assert!(tokio::time::timeout(after, future).await.is_err(), "it should still have been running");
}

/// Only the last connection of a file can turn its log off, so all threads of the others have ended.
async fn until_closed(folder: &Folder) {
    let mut last = open(&folder.url("")).await.unwrap();
    run(&mut *last, "PRAGMA busy_timeout = 0").await.unwrap();
    let since = Instant::now();
    while run(&mut *last, "PRAGMA journal_mode = DELETE").await.is_err() {
        assert!(since.elapsed() < Duration::from_secs(10), "a thread is still at work");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn with_table(folder: &Folder) -> Box<dyn Connection> {
    let mut connection = open(&folder.url("")).await.unwrap();
    run(&mut *connection, "CREATE TABLE t (x INTEGER) STRICT").await.unwrap();
    connection
}

#[tokio::test]
async fn a_dropped_query_is_interrupted_and_a_rollback_makes_its_connection_good_again() {
    let folder = Folder::new();
    let mut connection = with_table(&folder).await;
    give_up(Duration::from_millis(30), ask(&mut *connection, ENDLESS, Vec::new())).await;
    let error = fails(&mut *connection, "SELECT 1", Vec::new()).await;
    assert!(matches!(error, Error::ConnectionLost(_)), "{error}");
    assert!(connection.survives_cancel() && !connection.is_broken());
    connection.control(Control::Rollback).await.unwrap();
    assert_eq!(rows(&mut *connection, "SELECT 1", Vec::new()).await, [[Value::Int(1)]]);
    give_up(Duration::from_millis(30), ask(&mut *connection, ENDLESS, Vec::new())).await;
    drop(connection);
    until_closed(&folder).await;
}

#[tokio::test]
async fn a_connection_survives_a_future_dropped_at_any_moment() {
    let mut connection = memory().await;
    run(&mut *connection, "CREATE TABLE t (x INTEGER) STRICT").await.unwrap();
    for round in 0_u64..300 {
        connection.control(Control::BEGIN).await.unwrap();
        run(&mut *connection, "INSERT INTO t VALUES (1)").await.unwrap();
        let after = Duration::from_micros(round % 3 * 1_000);
        give_up(after, ask(&mut *connection, ENDLESS_INSERT, Vec::new())).await;
        std::thread::sleep(Duration::from_micros(round % 7 * 10));
        connection.control(Control::Rollback).await.unwrap();
        assert!(!connection.in_transaction());
        assert_eq!(rows(&mut *connection, "SELECT count(*) FROM t", Vec::new()).await, [[Value::Int(0)]]);
    }
}

#[tokio::test]
async fn a_query_dropped_at_its_first_poll_is_interrupted_too() {
    let folder = Folder::new();
    with_table(&folder).await.close().await;
    // The interrupt comes before the statement, at its start, or while it runs.
    for round in 0_u64..100 {
        let mut connection = open(&folder.url("")).await.unwrap();
        give_up(Duration::ZERO, ask(&mut *connection, ENDLESS_INSERT, Vec::new())).await;
        std::thread::sleep(Duration::from_micros(round % 7 * 10));
        drop(connection);
    }
    until_closed(&folder).await;
}

#[tokio::test]
async fn a_reader_that_stops_half_way_leaves_no_thread() {
    struct Never;
    impl RowSink for Never {
        fn row(&mut self, _cells: &mut dyn Cells) -> Result<Flow> {
            Ok(Flow::Pause)
        }
    }
    let folder = Folder::new();
    let mut connection = with_table(&folder).await;
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    give_up(Duration::from_millis(30), connection.query(Statement::Text(rows), &[], &mut Never)).await;
    drop(connection);
    until_closed(&folder).await;
}

#[tokio::test]
async fn an_interrupted_write_undoes_its_transaction_and_frees_the_lock() {
    let folder = Folder::new();
    let mut writer = with_table(&folder).await;
    let mut other = open(&folder.url("")).await.unwrap();
    writer.control(Control::BEGIN).await.unwrap();
    run(&mut *writer, "INSERT INTO t VALUES (1)").await.unwrap();
    give_up(Duration::from_millis(30), ask(&mut *writer, ENDLESS_INSERT, Vec::new())).await;
    drop(writer);
    // It waits for the lock as long as the thread needs.
    run(&mut *other, "INSERT INTO t VALUES (2)").await.unwrap();
    assert_eq!(rows(&mut *other, "SELECT x FROM t", Vec::new()).await, [[Value::Int(2)]]);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_undone() {
    let folder = Folder::new();
    let mut writer = with_table(&folder).await;
    writer.control(Control::BEGIN).await.unwrap();
    run(&mut *writer, "INSERT INTO t VALUES (1)").await.unwrap();
    drop(writer);
    let mut other = open(&folder.url("")).await.unwrap();
    other.control(Control::BEGIN).await.unwrap();
    assert_eq!(rows(&mut *other, "SELECT count(*) FROM t", Vec::new()).await, [[Value::Int(0)]]);
}

#[tokio::test]
async fn a_database_in_memory_outlives_a_connection_that_was_given_up() {
    let connector = SqliteConnector::new("sqlite::memory:").unwrap();
    let another = SqliteConnector::new("sqlite::memory:").unwrap();
    let mut first = connector.connect().await.unwrap();
    run(&mut *first, "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1)").await.unwrap();
    give_up(Duration::from_millis(20), ask(&mut *first, ENDLESS_INSERT, Vec::new())).await;
    drop(first);
    let mut second = connector.connect().await.unwrap();
    run(&mut *second, "INSERT INTO t VALUES (2)").await.unwrap();
    assert_eq!(rows(&mut *second, "SELECT sum(x) FROM t", Vec::new()).await, [[Value::Int(3)]]);
    let mut other = another.connect().await.unwrap();
    assert!(ask(&mut *other, "SELECT x FROM t", Vec::new()).await.is_err(), "two URLs are two databases");
}

#[tokio::test]
async fn a_writer_waits_for_another() {
    let folder = Folder::new();
    let mut first = with_table(&folder).await;
    let mut second = open(&folder.url("")).await.unwrap();
    first.control(Control::BEGIN).await.unwrap();
    let waiting = tokio::spawn(async move {
        second.control(Control::BEGIN).await?;
        run(&mut *second, "INSERT INTO t VALUES (2)").await?;
        second.control(Control::Commit).await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    first.control(Control::Commit).await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_take_turns() {
    let folder = Folder::new();
    let mut first = with_table(&folder).await;
    let mut writers = Vec::new();
    for writer in 0_u64..8 {
        let mut connection = open(&folder.url("")).await.unwrap();
        writers.push(tokio::spawn(async move {
            for _ in 0..25 {
                if writer % 2 == 0 {
                    run(&mut *connection, "INSERT INTO t VALUES (1)").await?;
                } else {
                    connection.control(Control::BEGIN).await?;
                    run(&mut *connection, "INSERT INTO t SELECT count(*) * 0 + 1 FROM t").await?;
                    connection.control(Control::Commit).await?;
                }
            }
            Ok::<_, Error>(())
        }));
    }
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(rows(&mut *first, "SELECT sum(x) FROM t", Vec::new()).await, [[Value::Int(200)]]);
}

#[tokio::test]
async fn waiting_for_a_lock_ends_with_its_deadline_or_its_caller() {
    let folder = Folder::new();
    let mut holder = with_table(&folder).await;
    let mut waiter = open(&folder.url("")).await.unwrap();
    holder.control(Control::BEGIN).await.unwrap();
    // A statement that reads does not wait.
    rows(&mut *waiter, "SELECT x FROM t", Vec::new()).await;
    run(&mut *waiter, "PRAGMA busy_timeout = 20").await.unwrap();
    for error in [
        waiter.control(Control::BEGIN).await.unwrap_err(),
        run(&mut *waiter, "INSERT INTO t VALUES (1)").await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::LockTimeout(_)), "{error}");
        assert_eq!(error.code(), Some(5));
    }
    assert!(!waiter.is_broken() && !waiter.in_transaction());

    waiter.control(Control::Reset).await.unwrap();
    let since = Instant::now();
    give_up(Duration::from_millis(20), waiter.control(Control::BEGIN)).await;
    drop(waiter);
    holder.close().await;
    until_closed(&folder).await;
    assert!(since.elapsed() < Duration::from_secs(3), "the thread waited on for the lock");
}

#[tokio::test]
async fn a_write_over_a_snapshot_that_is_gone_is_a_conflict() {
    let folder = Folder::new();
    let mut first = with_table(&folder).await;
    let mut second = open(&folder.url("")).await.unwrap();
    run(&mut *first, "BEGIN; SELECT x FROM t").await.unwrap();
    run(&mut *second, "INSERT INTO t VALUES (1)").await.unwrap();
    let error = run(&mut *first, "INSERT INTO t VALUES (2)").await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error}");
    assert_eq!(error.code(), Some(517));
}

#[tokio::test]
async fn many_connections_open_a_new_file_at_once() {
    let folder = Folder::new();
    let connector = std::sync::Arc::new(SqliteConnector::new(&folder.url("")).unwrap());
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let connector = std::sync::Arc::clone(&connector);
            tokio::spawn(async move { connector.connect().await.map(|_| ()) })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_dropped_connect_leaves_no_thread() {
    let folder = Folder::new();
    let connector = SqliteConnector::new(&folder.url("")).unwrap();
    for _ in 0..20 {
        let _ = tokio::time::timeout(Duration::ZERO, connector.connect()).await;
    }
    let mut connection = connector.connect().await.unwrap();
    connection.query(Statement::Text("CREATE TABLE t (x)"), &[], &mut NoRows).await.unwrap();
    connection.close().await;
    until_closed(&folder).await;
}
