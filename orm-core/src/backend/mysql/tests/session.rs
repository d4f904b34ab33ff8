//! The session: settings, handles, transactions, futures that are dropped.

use std::task::{Context, Poll, Waker};

use super::{Rows, bytes, on_servers, rows, run, text};
use crate::driver::{Connection, Control, FixedId, NoRows, Statement};
use crate::error::Error;
use crate::value::Value;

/// The largest allocation that glibc's allocator keeps in a thread's own cache. A larger one costs several times as much, so what a statement
/// waits in is to be no larger.
const CACHED: usize = 1_032;

#[tokio::test]
async fn what_a_statement_waits_in_is_small() {
    on_servers("size", async |server| {
        let mut connection = server.connect().await;
        let mut sink = NoRows;
        let statement = connection.query(Statement::Dynamic("SELECT 1"), &[], &mut sink);
        assert!(size_of_val(&*statement) <= CACHED, "{} bytes", size_of_val(&*statement));
        statement.await.unwrap();
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn prepares_once() {
    static ID: FixedId = FixedId::new();
    on_servers("prepares", async |server| {
        let mut connection = server.connect().await;
        let prepared = async |connection: &mut Box<dyn Connection>| {
            let mut sink = Rows::default();
            let sql = "SHOW SESSION STATUS WHERE Variable_name IN ('Com_stmt_prepare', 'Com_stmt_close')";
            connection.query(Statement::Text(sql), &[], &mut sink).await.unwrap();
            sink.rows.into_iter().map(|mut row| row.pop().unwrap()).collect::<Vec<_>>()
        };
        text(&mut connection, "CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY)").await.unwrap();
        let fixed = Statement::Fixed { id: &ID, sql: "SELECT id FROM t WHERE id = ?" };
        for n in 0..50 {
            run(&mut connection, "INSERT INTO t VALUES (?)", vec![Value::UInt(n)]).await.unwrap();
            let mut sink = Rows::default();
            connection.query(fixed, &[Value::UInt(n)], &mut sink).await.unwrap();
            assert_eq!(sink.rows.len(), 1);
        }
        assert_eq!(prepared(&mut connection).await, [bytes(b"0"), bytes(b"2")]);
        // A hundred texts: as many are closed as do not fit.
        for n in 0..100 {
            assert_eq!(rows(&mut connection, &format!("SELECT {n}"), vec![]).await.len(), 1);
        }
        assert_eq!(prepared(&mut connection).await, [bytes(b"37"), bytes(b"102")]);
        // A reset loses them all; both kinds are prepared anew.
        connection.control(Control::Reset).await.unwrap();
        connection.query(fixed, &[Value::UInt(7)], &mut NoRows).await.unwrap();
        assert_eq!(rows(&mut connection, "SELECT 99", vec![]).await, [[Value::Int(99)]]);
        connection.close().await;
    })
    .await;
}

const SETTINGS: &str = "SELECT @@time_zone, @@sql_mode, @@character_set_client, @@character_set_connection, \
     @@character_set_results, @@collation_connection";

#[tokio::test]
async fn a_reset_keeps_our_settings() {
    on_servers("reset", async |server| {
        let mut connection = server.connect().await;
        let fresh = rows(&mut connection, SETTINGS, vec![]).await;
        assert_eq!(fresh[0][0], bytes(b"+00:00"));
        text(&mut connection, "SET time_zone='+05:00', sql_mode='', @mine=1, character_set_client=latin1")
            .await
            .unwrap();
        text(&mut connection, "CREATE TEMPORARY TABLE gone (id INT)").await.unwrap();
        connection.control(Control::BEGIN).await.unwrap();
        assert!(connection.in_transaction());
        connection.control(Control::Reset).await.unwrap();
        assert!(!connection.in_transaction());
        assert_eq!(rows(&mut connection, SETTINGS, vec![]).await, fresh);
        assert_eq!(rows(&mut connection, "SELECT @mine", vec![]).await, [[Value::Null]]);
        assert!(text(&mut connection, "SELECT * FROM gone").await.is_err());
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn updates_report_the_rows_they_found() {
    on_servers("found", async |server| {
        let mut connection = server.connect().await;
        text(&mut connection, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, n INT)").await.unwrap();
        let done =
            run(&mut connection, "INSERT INTO t (n) VALUES (?), (?)", vec![Value::Int(1), Value::Int(1)])
                .await;
        assert_eq!(done.unwrap().last_insert_id, Some(1), "the first of several");
        let done = run(&mut connection, "UPDATE t SET n = ?", vec![Value::Int(1)]).await.unwrap();
        assert_eq!(done.affected, 2, "found, though not changed");
        assert_eq!(connection.bulk_id_step(), Some(1));
        assert!(connection.packet_limit() >= 1 << 20);
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn knows_whether_a_transaction_is_open() {
    on_servers("status", async |server| {
        let mut connection = server.connect().await;
        text(&mut connection, "CREATE TABLE t (id INT PRIMARY KEY, n INT)").await.unwrap();
        assert!(!connection.in_transaction());
        connection.control(Control::BEGIN).await.unwrap();
        assert!(connection.in_transaction());
        run(&mut connection, "INSERT INTO t VALUES (?, 1)", vec![Value::Int(1)]).await.unwrap();
        run(&mut connection, "INSERT INTO t VALUES (?, 1)", vec![Value::Int(1)]).await.unwrap_err();
        assert!(connection.in_transaction(), "a broken rule ends no transaction");
        rows(&mut connection, "SELECT * FROM t", vec![]).await;
        assert!(connection.in_transaction());
        connection.control(Control::Ping).await.unwrap();
        assert!(connection.in_transaction());
        connection.control(Control::Rollback).await.unwrap();
        assert!(!connection.in_transaction());
        assert_eq!(rows(&mut connection, "SELECT * FROM t", vec![]).await.len(), 0);
        // A statement that changes tables commits, even one that fails.
        for sql in ["CREATE TABLE t2 (id INT)", "CREATE TABLE t2 (id INT)"] {
            connection.control(Control::BEGIN).await.unwrap();
            run(
                &mut connection,
                "INSERT INTO t VALUES (?, 1) ON DUPLICATE KEY UPDATE n = 2",
                vec![Value::Int(2)],
            )
            .await
            .unwrap();
            let _ = text(&mut connection, sql).await;
            assert!(!connection.in_transaction(), "{sql}");
        }
        connection.control(Control::BEGIN).await.unwrap();
        connection.control(Control::Commit).await.unwrap();
        assert!(!connection.in_transaction());
        connection.close().await;
    })
    .await;
}

/// Polls a future this often, then drops it. `None` where it did not come to its end.
async fn cut<T>(mut future: crate::driver::BoxFuture<'_, T>, polls: usize) -> Option<T> {
    for _ in 0..polls {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Some(done);
        }
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    None
}

async fn threads(observer: &mut Box<dyn Connection>, database: &str) -> usize {
    let sql = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ?";
    rows(observer, sql, vec![bytes(database.as_bytes())]).await.len()
}

#[tokio::test]
async fn a_dropped_future_leaves_the_connection_unusable() {
    on_servers("dropped", async |server| {
        let mut observer = super::connect(&server.base).await.unwrap();
        let mut connection = server.connect().await;
        text(&mut connection, "CREATE TABLE t (id INT)").await.unwrap();
        text(&mut connection, "INSERT INTO t VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)")
            .await
            .unwrap();
        connection.close().await;
        // A long result, read slowly, so that there is a middle to be dropped in.
        let slow = "SELECT a.id FROM t a, t b, t c, t d, t e, t f";
        let mut ended = 0;
        for polls in 0..12 {
            for sql in ["SELECT id FROM t", slow, "INSERT INTO t VALUES (11)"] {
                let mut connection = server.connect().await;
                let mut sink = Rows { pause: true, ..Rows::default() };
                let outcome = cut(connection.query(Statement::Dynamic(sql), &[], &mut sink), polls).await;
                assert_eq!(
                    connection.is_broken(),
                    outcome.is_none() && polls > 0,
                    "{sql} after {polls} polls"
                );
                ended += usize::from(outcome.is_some());
                if connection.is_broken() {
                    let error = text(&mut connection, "SELECT 1").await.unwrap_err();
                    assert!(matches!(error, Error::ConnectionLost(_)));
                }
            }
        }
        assert!(ended > 0, "some came to their end");
        // Nothing is left of them on the server, the long results included.
        for _ in 0..500 {
            if threads(&mut observer, &server.name).await == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(threads(&mut observer, &server.name).await, 0);
        observer.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_was_killed_says_so() {
    on_servers("killed", async |server| {
        let mut observer = super::connect(&server.base).await.unwrap();
        let mut connection = server.connect().await;
        let id = rows(&mut connection, "SELECT CONNECTION_ID()", vec![]).await;
        let Value::Int(id) = id[0][0] else { panic!("{id:?}") };
        text(&mut observer, &format!("KILL {id}")).await.unwrap();
        let error = text(&mut connection, "SELECT 1").await.unwrap_err();
        assert!(matches!(error, Error::ConnectionLost(_)), "{error:?}");
        assert!(connection.is_broken());
        assert!(!connection.in_transaction());
        connection.close().await;

        // While it waits for a reply.
        let mut connection = server.connect().await;
        let id = rows(&mut connection, "SELECT CONNECTION_ID()", vec![]).await;
        let Value::Int(id) = id[0][0] else { panic!("{id:?}") };
        let sleeper = tokio::spawn(async move {
            let outcome = run(&mut connection, "DO SLEEP(?)", vec![Value::Int(20)]).await;
            (outcome, connection)
        });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        text(&mut observer, &format!("KILL {id}")).await.unwrap();
        let (outcome, mut connection) = sleeper.await.unwrap();
        let after = text(&mut connection, "SELECT 1").await;
        drop(outcome);
        assert!(matches!(after, Err(Error::ConnectionLost(_))));
        assert!(connection.is_broken());

        // A killed statement leaves the connection as it was.
        let mut connection = server.connect().await;
        let id = rows(&mut connection, "SELECT CONNECTION_ID()", vec![]).await;
        let Value::Int(id) = id[0][0] else { panic!("{id:?}") };
        text(&mut connection, "CREATE TABLE t (id INT)").await.unwrap();
        let killed = tokio::spawn(async move {
            let sql = "SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, information_schema.COLUMNS c";
            let outcome = run(&mut connection, sql, vec![]).await;
            (outcome, connection)
        });
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        text(&mut observer, &format!("KILL QUERY {id}")).await.unwrap();
        let (outcome, mut connection) = killed.await.unwrap();
        assert_eq!(outcome.unwrap_err().code(), Some(1317));
        assert!(!connection.is_broken());
        assert_eq!(rows(&mut connection, "SELECT 1", vec![]).await.len(), 1);
        observer.close().await;
    })
    .await;
}

#[tokio::test]
async fn wrong_numbers_of_values_are_refused_before_sending() {
    on_servers("counts", async |server| {
        let mut connection = server.connect().await;
        for sql in ["SELECT ?, ?", "SELECT 1"] {
            let error = run(&mut connection, sql, vec![Value::Int(1)]).await.unwrap_err();
            assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
            assert!(!connection.is_broken());
        }
        let error = run(&mut connection, "SELECT ?, :name", vec![Value::Int(1)]).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
        let error =
            connection.query(Statement::Text("SELECT ?"), &[Value::Int(1)], &mut NoRows).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
        assert_eq!(
            rows(&mut connection, "SELECT ':x', `a:b` FROM (SELECT ? AS `a:b`) t", vec![Value::Int(1)])
                .await
                .len(),
            1
        );
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn several_statements_of_ours_go_in_one() {
    on_servers("several", async |server| {
        let mut connection = server.connect().await;
        text(&mut connection, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; START TRANSACTION READ ONLY")
            .await
            .unwrap();
        assert!(connection.in_transaction());
        assert_eq!(rows(&mut connection, "SELECT 1", vec![]).await, [[Value::Int(1)]]);
        connection.control(Control::Commit).await.unwrap();
        // The error of a later one is not lost, and nothing of it stays in the stream.
        let error = text(&mut connection, "SELECT 1; SELECT 2; SELECT nothing; SELECT 3").await.unwrap_err();
        assert_eq!(error.code(), Some(1054));
        assert!(!connection.is_broken() && !connection.in_transaction());
        assert_eq!(rows(&mut connection, "SELECT 4", vec![]).await, [[Value::Int(4)]]);
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_idled_too_long_says_so() {
    on_servers("idle", async |server| {
        let mut connection = server.connect().await;
        text(&mut connection, "SET wait_timeout = 1").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
        let error = connection.control(Control::Ping).await.unwrap_err();
        assert!(matches!(error, Error::ConnectionLost(_)), "{error:?}");
        assert!(connection.is_broken());
    })
    .await;
}
