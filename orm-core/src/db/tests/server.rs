//! What only a server does: it goes away, holds locks for others, works on for somebody who has left.

use std::time::{Duration, Instant};

use super::place::{ask, assert_ended, balances, bank, foreign, one, run, servers, transfer};
use super::proxy::Proxy;
use crate::db::{DbOptions, Executor as _};
use crate::driver::NoRows;
use crate::error::{Error, Operation};

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
        assert_ended(run(&loser, &one).await);
        assert_ended(loser.commit().await);
        winner.commit().await.unwrap();
        assert_eq!(balances(&db).await, ["101", "101"]);
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
        assert_eq!(db.pool_metrics().open, 3);
        kill_all().await;
        db.transaction(transfer).await.expect("nothing was done yet, so another connection is as good");
        assert_eq!(balances(&db).await, ["90", "110"]);
        assert_eq!(db.pool_metrics().open, 1, "{}: the dead ones are out of the pool", place.url);
        kill_all().await;
        let error = run(&db, "UPDATE accounts SET balance = 0").await.unwrap_err();
        assert!(matches!(error, Error::ConnectionLost(_)), "{error:?}");
        assert_eq!(balances(&db).await, ["90", "110"]);

        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        kill_all().await;
        assert!(matches!(transfer(&tx).await, Err(Error::ConnectionLost(_))));
        assert_ended(tx.commit().await);
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
async fn a_commit_without_an_answer_is_in_doubt() {
    for place in servers().await {
        let proxy = Proxy::to(&place).await;
        let options = DbOptions::new(&proxy.url).max_connections(1);
        let db = options.statement_timeout(Duration::from_millis(200)).connect().await.unwrap();
        bank(&db).await;
        let observer = place.db().await;
        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        proxy.hold_answers();
        assert!(matches!(tx.commit().await, Err(Error::OutcomeUnknown)));
        // Here it did take effect, which nobody could know.
        assert_eq!(balances(&observer).await, ["90", "110"], "{}", place.url);
        proxy.let_go();
        assert_eq!(balances(&db).await, ["90", "110"], "{}", place.url);
        db.close().await.unwrap();
        observer.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_further_connection_has_a_deadline_too() {
    for place in servers().await {
        let proxy = Proxy::to(&place).await;
        let deadline = Duration::from_millis(200);
        let db = DbOptions::new(&proxy.url).connect_timeout(deadline).connect().await.unwrap();
        let tx = db.begin().await.unwrap();
        proxy.hold_answers();
        let error = run(&db, "SELECT 1").await.unwrap_err();
        assert!(matches!(error, Error::Timeout { operation: Operation::Connect, .. }), "{error:?}");
        proxy.let_go();
        run(&db, "SELECT 1").await.unwrap();
        tx.commit().await.unwrap();
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn connections_that_do_not_answer_cost_one_deadline_together() {
    for place in servers().await {
        let proxy = Proxy::to(&place).await;
        let options = DbOptions::new(&proxy.url).min_connections(3).max_connections(3);
        let db = options.acquire_timeout(Duration::from_millis(300)).connect().await.unwrap();
        let mut leases = Vec::new();
        for _ in 0..3 {
            let mut lease = db.handle().lease().await.unwrap();
            lease.run(&foreign("SELECT 1"), &mut NoRows).await.unwrap();
            leases.push(lease);
        }
        drop(leases);
        proxy.hold_answers();
        let started = Instant::now();
        let error = run(&db, "SELECT 1").await.unwrap_err();
        assert!(matches!(error, Error::Timeout { operation: Operation::Acquire, .. }), "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{}: {:?}", place.url, started.elapsed());
        proxy.let_go();
        run(&db, "SELECT 1").await.unwrap();
        db.close().await.unwrap();
        place.end().await;
    }
}
