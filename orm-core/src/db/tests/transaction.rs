//! Transactions: how they end, and what ends them.

use std::time::Duration;

use super::journal::Journal;
use super::place::{ask, assert_ended, balances, bank, places, run, transfer};
use crate::db::Executor as _;
use crate::error::{Error, Operation, Result};

#[tokio::test]
async fn ok_commits_and_everything_else_rolls_back() {
    for place in places().await {
        let db = place.db().await;
        db.authenticate().await.unwrap();
        bank(&db).await;
        let value = db.transaction(async |tx| transfer(tx).await.map(|()| 7)).await;
        assert_eq!(value.unwrap(), 7);
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
        assert_eq!(balances(&tx).await, ["80", "120"]);
        tx.rollback().await.unwrap();
        assert_eq!(balances(&db).await, ["90", "110"]);
        db.close().await.unwrap();
        assert!(matches!(db.authenticate().await, Err(Error::Closed)));
        place.end().await;
    }
}

#[tokio::test]
async fn dropped_it_rolls_back_on_the_same_connection() {
    for place in places().await {
        let db = place.options().max_connections(1).connect().await.unwrap();
        bank(&db).await;
        let connection = place.connection(&db).await;
        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        let journal = Journal::start();
        drop(tx);
        assert_eq!(balances(&db).await, ["100", "100"], "{}", place.url);
        assert_eq!(journal.statements()[0], "ROLLBACK");
        assert_eq!(place.connection(&db).await, connection, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[test]
fn dropped_outside_of_a_runtime_its_connection_goes() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for place in runtime.block_on(places()) {
        let (db, connection, tx) = runtime.block_on(async {
            let db = place.options().max_connections(1).connect().await.unwrap();
            bank(&db).await;
            let connection = place.connection(&db).await;
            let tx = db.begin().await.unwrap();
            transfer(&tx).await.unwrap();
            (db, connection, tx)
        });
        drop(tx);
        runtime.block_on(async {
            assert_eq!(balances(&db).await, ["100", "100"], "{}", place.url);
            // A database in memory must not lose its only connection: that one is rolled back by whoever comes next.
            let same = place.connection(&db).await == connection;
            assert_eq!(same, place.server.is_none(), "{}", place.url);
            db.transaction(transfer).await.unwrap();
            db.close().await.unwrap();
            place.end().await;
        });
    }
}

#[tokio::test]
async fn what_ends_it_poisons_it() {
    for place in places().await {
        let options = place.options().max_connections(1).statement_timeout(Duration::from_millis(200));
        let db = options.connect().await.unwrap();
        bank(&db).await;
        // Commits silently; ends it with an error; misses the deadline.
        let ends: &[&str] = if place.server.is_some() {
            &["CREATE TABLE IF NOT EXISTS other (id BIGINT)", place.long()]
        } else {
            &["COMMIT", "INSERT OR ROLLBACK INTO accounts VALUES (1, 1, 1)", place.long()]
        };
        for end in ends {
            let before = balances(&db).await;
            let tx = db.begin().await.unwrap();
            let _ = run(&tx, end).await;
            assert_ended(transfer(&tx).await);
            assert_ended(tx.commit().await);
            let tx = db.begin().await.unwrap();
            let _ = run(&tx, end).await;
            tx.rollback().await.expect("there is nothing left to undo");
            let ended = db
                .transaction(async |tx| {
                    let _ = run(tx, end).await;
                    let _ = transfer(tx).await;
                    Ok(())
                })
                .await;
            assert_ended(ended);
            assert_eq!(balances(&db).await, before, "{}: {end}", place.url);
            db.transaction(transfer).await.unwrap_or_else(|error| panic!("{}: {end}: {error}", place.url));
        }
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn statements_wait_for_each_other() {
    for place in places().await {
        let db = place.db().await;
        let journal = Journal::start();
        let tx = db.begin().await.unwrap();
        let (a, b, c) = tokio::join!(ask(&tx, "SELECT 1"), ask(&tx, "SELECT 2"), ask(&tx, "SELECT 3"));
        assert_eq!((a.unwrap(), b.unwrap(), c.unwrap()), (rows("1"), rows("2"), rows("3")), "{}", place.url);
        tx.commit().await.unwrap();
        assert_eq!(journal.statements(), ["BEGIN", "SELECT 1", "SELECT 2", "SELECT 3", "COMMIT"]);

        // For a lease that is kept they do not wait for ever.
        let db = place.options().acquire_timeout(Duration::from_millis(100)).connect().await.unwrap();
        let tx = db.begin().await.unwrap();
        let lease = tx.handle().lease().await.unwrap();
        let late = run(&tx, "SELECT 1").await;
        assert!(matches!(late, Err(Error::Timeout { operation: Operation::Acquire, .. })), "{late:?}");
        drop(lease);
        run(&tx, "SELECT 1").await.unwrap();
        tx.commit().await.unwrap();
        place.end().await;
    }
}

fn rows(cell: &str) -> Vec<Vec<String>> {
    vec![vec![cell.to_owned()]]
}
