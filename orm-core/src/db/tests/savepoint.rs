//! Statements that take effect together inside of a transaction.

use std::time::Duration;

use super::cut::{cut, twice};
use super::journal::Journal;
use super::place::{assert_ended, balances, bank, places, run, servers, transfer};
use crate::db::{Executor as _, Transaction};
use crate::error::{Error, Operation, Result};

#[tokio::test]
async fn atomically_is_a_transaction_or_a_savepoint_of_one() {
    for place in places().await {
        let db = place.db().await;
        bank(&db).await;
        let journal = Journal::start();
        db.handle().atomically(async |tx| run(tx, "SELECT 1").await).await.unwrap();
        assert_eq!(journal.statements(), ["BEGIN", "SELECT 1", "COMMIT"]);
        let tx = db.begin().await.unwrap();
        tx.handle().atomically(async |tx| run(tx, "SELECT 1").await).await.unwrap();
        let nested = async |tx: &Transaction| {
            let inner = tx.handle().atomically(async |tx| run(tx, "not SQL").await).await;
            assert!(matches!(inner, Err(Error::Database(_))), "{inner:?}");
            tx.handle().atomically(async |tx| run(tx, "SELECT 2").await).await
        };
        tx.handle().atomically(nested).await.unwrap();
        tx.commit().await.unwrap();
        // No number is used twice.
        let wanted = [
            "BEGIN",
            "SAVEPOINT orm_1",
            "SELECT 1",
            "RELEASE SAVEPOINT orm_1",
            "SAVEPOINT orm_2",
            "SAVEPOINT orm_3",
            "not SQL",
            "ROLLBACK TO SAVEPOINT orm_3",
            "SAVEPOINT orm_4",
            "SELECT 2",
            "RELEASE SAVEPOINT orm_4",
            "RELEASE SAVEPOINT orm_2",
            "COMMIT",
        ];
        assert_eq!(journal.statements(), wanted, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

/// A transfer that the database refuses half-way.
async fn refused(tx: &Transaction) -> Result<()> {
    transfer(tx).await?;
    run(tx, "INSERT INTO accounts VALUES (1, 1, 1)").await.map(drop)
}

#[tokio::test]
async fn an_error_undoes_what_was_done_since_and_no_more() {
    for place in places().await {
        let db = place.db().await;
        bank(&db).await;
        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        let error = tx.handle().atomically(refused).await.unwrap_err();
        assert!(matches!(error, Error::UniqueViolation(_)), "{error:?}");
        assert_eq!(balances(&tx).await, ["90", "110"], "{}", place.url);
        // An outer one takes an inner one with it, released as it may be.
        let outer = async |tx: &Transaction| {
            tx.handle().atomically(transfer).await?;
            refused(tx).await
        };
        tx.handle().atomically(outer).await.unwrap_err();
        assert_eq!(balances(&tx).await, ["90", "110"], "{}", place.url);
        // And goes on after one.
        let outer = async |tx: &Transaction| {
            transfer(tx).await?;
            tx.handle().atomically(refused).await.unwrap_err();
            transfer(tx).await
        };
        tx.handle().atomically(outer).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(balances(&db).await, ["70", "130"], "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn dropped_at_any_poll_it_is_undone_or_the_transaction_is_over() {
    for place in places().await {
        let db = place.db().await;
        bank(&db).await;
        let (mut alive, mut over) = (0, 0);
        for cut_at in 1.. {
            let polls = cut_at / 3 + 1;
            let tx = db.begin().await.unwrap();
            run(&tx, "UPDATE accounts SET balance = 50").await.unwrap();
            if let Some(whole) = cut(polls, tx.handle().atomically(twice)).await {
                whole.unwrap();
                assert_eq!(balances(&tx).await, ["30", "70"], "{}", place.url);
                tx.rollback().await.unwrap();
                break;
            }
            // Whatever comes next: a statement, a further savepoint, the end.
            let (next, seen) = match cut_at % 3 {
                0 => (run(&tx, "SELECT 1").await.map(drop), ["50", "50"]),
                1 => (tx.handle().atomically(transfer).await, ["40", "60"]),
                _ => (Ok(()), ["50", "50"]),
            };
            let end = match next {
                Ok(()) => tx.commit().await,
                Err(_) => tx.rollback().await.and(next),
            };
            let whole = if end.is_ok() { seen } else { ["100", "100"] };
            assert_eq!(balances(&db).await, whole, "{}: cut at poll {polls}", place.url);
            if end.is_ok() {
                alive += 1;
                run(&db, "UPDATE accounts SET balance = 100").await.unwrap();
            } else {
                over += 1;
                assert_ended(end);
            }
        }
        assert!(alive >= 6 && over >= 6, "{}: {alive} went on, {over} were over", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

async fn within(tx: &Transaction, sql: &str) -> Result<()> {
    tx.handle().atomically(async |tx| run(tx, sql).await.map(drop)).await
}

#[tokio::test]
async fn a_conflict_inside_of_one_stays_a_conflict() {
    for place in servers().await {
        let db = place.db().await;
        bank(&db).await;
        let (a, b) = (db.begin().await.unwrap(), db.begin().await.unwrap());
        let take = |id| format!("UPDATE accounts SET balance = balance + 1 WHERE id = {id}");
        let (one, two) = (take(1), take(2));
        run(&a, &one).await.unwrap();
        run(&b, &two).await.unwrap();
        let (first, second) = tokio::join!(within(&a, &two), within(&b, &one));
        let (loser, winner) = if first.is_err() { (a, b) } else { (b, a) };
        let error = first.and(second).unwrap_err();
        assert!(matches!(error, Error::Conflict(_)), "{error:?}");
        let journal = Journal::start();
        assert_ended(run(&loser, &one).await);
        assert_ended(within(&loser, &one).await);
        assert_ended(loser.commit().await);
        assert_eq!(journal.statements(), [""; 0]);
        winner.commit().await.unwrap();
        assert_eq!(balances(&db).await, ["101", "101"]);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn what_ends_the_transaction_inside_of_one_stays_what_it_is() {
    for place in places().await {
        let options = place.options().max_connections(1).statement_timeout(Duration::from_millis(200));
        let db = options.connect().await.unwrap();
        bank(&db).await;
        let tx = db.begin().await.unwrap();
        let missed = tx.handle().atomically(async |tx| run(tx, place.long()).await).await;
        assert!(matches!(missed, Err(Error::Timeout { operation: Operation::Statement, .. })), "{missed:?}");
        assert_ended(tx.handle().atomically(transfer).await);
        tx.rollback().await.unwrap();
        // An error that was swallowed does not make it a success.
        let ends = if place.server.is_some() {
            "COMMIT"
        } else {
            "INSERT OR ROLLBACK INTO accounts VALUES (1, 1, 1)"
        };
        let tx = db.begin().await.unwrap();
        let swallowed = tx
            .handle()
            .atomically(async |tx| {
                let _ = run(tx, ends).await;
                Ok(())
            })
            .await;
        assert_ended(swallowed);
        assert_ended(run(&tx, "SELECT 1").await);
        tx.rollback().await.unwrap();
        assert_eq!(balances(&db).await, ["100", "100"], "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn others_wait_until_it_is_over() {
    for place in places().await {
        let db = place.options().acquire_timeout(Duration::from_millis(200)).connect().await.unwrap();
        bank(&db).await;
        let tx = db.begin().await.unwrap();
        // What is sent meanwhile is not undone with it.
        let slow = async |tx: &Transaction| {
            transfer(tx).await?;
            tokio::task::yield_now().await;
            refused(tx).await
        };
        let (first, second, third) = tokio::join!(
            tx.handle().atomically(slow),
            run(&tx, "UPDATE accounts SET balance = balance + 1"),
            tx.handle().atomically(transfer),
        );
        first.unwrap_err();
        second.unwrap();
        third.unwrap();
        assert_eq!(balances(&tx).await, ["91", "111"], "{}", place.url);
        // The outer one within waits for ever, or would.
        let outer = &tx;
        let late = tx.handle().atomically(async |_| run(outer, "SELECT 1").await).await;
        assert!(matches!(late, Err(Error::Timeout { operation: Operation::Acquire, .. })), "{late:?}");
        tx.commit().await.unwrap();
        assert_eq!(balances(&db).await, ["91", "111"], "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}
