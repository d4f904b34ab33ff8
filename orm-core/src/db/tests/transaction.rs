//! Transactions: how they end, and what ends them.

use std::sync::Arc;
use std::time::Duration;

use super::fake::{self, Server, connect, options, run};
use crate::error::{Error, Operation};

fn assert_ended<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::TransactionEnded(_))), "{result:?}");
}

#[tokio::test]
async fn ok_commits_and_err_rolls_back() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options()).await;
    let value = db
        .transaction(async |tx| {
            run(tx, "insert").await?;
            Ok(7)
        })
        .await;
    assert_eq!(value.unwrap(), 7);
    assert_eq!(server.journal(), ["1: BEGIN", "1: insert", "1: COMMIT"]);
    let value = db.transaction(async |_| Err::<(), _>(Error::custom(std::fmt::Error))).await;
    assert!(value.unwrap_err().downcast::<std::fmt::Error>().is_ok());
    assert_eq!(server.journal(), ["1: BEGIN", "1: ROLLBACK"]);
    let tx = db.begin().await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(server.journal(), ["1: BEGIN", "1: ROLLBACK"]);
}

#[tokio::test]
async fn a_panic_rolls_back() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().max_connections(1)).await;
    let inner = db.clone();
    let task = tokio::spawn(async move {
        inner
            .transaction(async |tx| {
                run(tx, "insert").await?;
                if true {
                    panic!("on purpose");
                }
                Ok(())
            })
            .await
    });
    assert!(task.await.unwrap_err().is_panic());
    run(&db, "after").await.unwrap();
    assert_eq!(server.journal(), ["1: BEGIN", "1: insert", "1: ROLLBACK", "1: after"]);
}

#[tokio::test]
async fn dropped_it_rolls_back_on_the_same_connection() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().max_connections(1)).await;
    drop(db.begin().await.unwrap());
    run(&db, "after").await.unwrap();
    assert_eq!(server.journal(), ["1: BEGIN", "1: ROLLBACK", "1: after"]);
}

#[test]
fn dropped_outside_of_a_runtime_its_connection_goes() {
    for survives in [false, true] {
        let server = Arc::new(Server { survives, ..Server::default() });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (db, tx) = runtime.block_on(async {
            let db = connect(&server, options().max_connections(1)).await;
            let tx = db.begin().await.unwrap();
            (db, tx)
        });
        drop(tx);
        runtime.block_on(async { run(&db, "after").await.unwrap() });
        // A database in memory must not lose its only connection: that one is rolled back by whoever comes next.
        let expected: &[&str] = if survives {
            &["1: BEGIN", "1: ROLLBACK", "1: PING", "1: after"]
        } else {
            &["1: BEGIN", "1: gone", "2: after"]
        };
        assert_eq!(server.journal(), expected);
    }
}

#[tokio::test]
async fn a_refused_statement_leaves_it_open() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options()).await;
    let tx = db.begin().await.unwrap();
    let error = run(&tx, "refused").await.unwrap_err();
    assert!(matches!(&error, Error::Database(e) if e.sql == "refused"), "{error:?}");
    run(&tx, "insert").await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_ends_it_poisons_it() {
    for end in ["conflict", "abort", "ddl", "lost", "hang"] {
        let server = Arc::new(Server::default());
        let db = connect(&server, options().statement_timeout(Duration::from_millis(20))).await;
        let tx = db.begin().await.unwrap();
        assert_eq!(run(&tx, end).await.is_ok(), end == "ddl", "{end}");
        assert_ended(run(&tx, "insert").await);
        assert_ended(tx.commit().await);
        run(&db, "after").await.unwrap();
        tokio::task::yield_now().await;
        let journal = server.journal();
        assert!(!journal.contains(&"1: insert".to_owned()), "{end}: {journal:?}");
        // After these the same connection would be in an unknown state.
        let thrown_away = ["lost", "hang"].contains(&end);
        assert_eq!(journal.contains(&"1: gone".to_owned()), thrown_away, "{end}: {journal:?}");

        let tx = db.begin().await.unwrap();
        let _ = run(&tx, end).await;
        tx.rollback().await.expect("there is nothing left to undo");
        let ended = db
            .transaction(async |tx| {
                let _ = run(tx, end).await;
                Ok(())
            })
            .await;
        assert_ended(ended);
    }
}

#[tokio::test]
async fn a_lost_reply_to_commit_is_in_doubt() {
    for commit in ["lost", "hang"] {
        let server = Arc::new(Server::default());
        let db = connect(&server, options().statement_timeout(Duration::from_millis(20))).await;
        let tx = db.begin().await.unwrap();
        *server.commit.lock().unwrap() = Some(commit);
        assert!(matches!(tx.commit().await, Err(Error::OutcomeUnknown)));
        run(&db, "after").await.unwrap();
        assert!(server.journal().contains(&"2: after".to_owned()));
    }
}

#[tokio::test]
async fn a_refused_commit_is_rolled_back() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options()).await;
    *server.commit.lock().unwrap() = Some("refused");
    assert!(matches!(db.transaction(async |_| Ok(())).await, Err(Error::Database(_))));
    assert_eq!(server.journal(), ["1: BEGIN", "1: refused", "1: ROLLBACK"]);
    *server.commit.lock().unwrap() = Some("conflict");
    assert!(matches!(db.transaction(async |_| Ok(())).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn it_begins_on_another_connection_where_the_server_was_restarted() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().min_connections(3)).await;
    server.restart();
    let tx = db.begin().await.unwrap();
    run(&tx, "insert").await.unwrap();
    tx.commit().await.unwrap();
    run(&db, "after").await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(db.pool().open_connections(), 1, "the dead ones are out of the pool");
}

#[tokio::test]
async fn statements_wait_for_each_other() {
    let server = Arc::new(Server::default());
    server.yields.store(3, std::sync::atomic::Ordering::SeqCst);
    let db = connect(&server, options()).await;
    let tx = db.begin().await.unwrap();
    let (a, b, c) = tokio::join!(run(&tx, "a"), run(&tx, "b"), run(&tx, "c"));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    tx.commit().await.unwrap();
    assert_eq!(server.journal(), ["1: BEGIN", "1: a", "1: b", "1: c", "1: COMMIT"]);
}

#[tokio::test]
async fn a_stream_keeps_others_out_until_it_is_dropped() {
    use crate::db::Executor as _;
    let server = Arc::new(Server::default());
    let db = connect(&server, options()).await;
    let tx = db.begin().await.unwrap();
    let stream = tx.handle().stream_lease().await.unwrap();
    assert!(matches!(run(&tx, "insert").await, Err(Error::ConnectionBusy)));
    assert!(matches!(tx.handle().stream_lease().await.map(|_| ()), Err(Error::ConnectionBusy)));
    drop(stream);
    run(&tx, "insert").await.unwrap();

    // One that is kept for statements makes others wait, but not for ever.
    let lease = tx.handle().lease().await.unwrap();
    let late = run(&tx, "insert").await;
    assert!(matches!(late, Err(Error::Timeout { operation: Operation::Acquire, .. })), "{late:?}");
    drop(lease);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn atomically_is_a_transaction_or_part_of_one() {
    use crate::db::Executor as _;
    let server = Arc::new(Server::default());
    let db = connect(&server, options()).await;
    db.handle().atomically(async |tx| fake::run(tx, "a").await).await.unwrap();
    assert_eq!(server.journal(), ["1: BEGIN", "1: a", "1: COMMIT"]);
    db.transaction(async |tx| tx.handle().atomically(async |tx| fake::run(tx, "a").await).await)
        .await
        .unwrap();
    assert_eq!(server.journal(), ["1: BEGIN", "1: a", "1: COMMIT"]);
}
