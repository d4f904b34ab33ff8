//! Futures dropped at every point.

use std::pin::pin;
use std::task::Poll;

use super::place::{Kept, Place, ask, balances, bank, embedded, foreign, one, places, run, transfer};
use crate::db::{Call, Db, Executor as _, Transaction};
use crate::driver::NoRows;
use crate::error::Result;

/// Drops the future after so many polls. `None` where it was dropped.
pub(super) async fn cut<T>(polls: u32, future: impl Future<Output = T>) -> Option<T> {
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

/// A setting, how to see it, and what it is in a clean session.
fn setting(place: &Place) -> (&'static str, &'static str, &'static str) {
    if place.server.is_some() {
        ("SET @x = 1", "SELECT COALESCE(@x, 0)", "0")
    } else {
        ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys", "1")
    }
}

/// Everything that a caller can do, so that it can be cut anywhere.
async fn all(db: &Db, place: &Place) -> Result<()> {
    ask(db, "SELECT balance FROM accounts").await?;
    db.transaction(transfer).await?;
    let tx = db.begin().await?;
    transfer(&tx).await?;
    tx.handle().atomically(twice).await?;
    tx.rollback().await?;
    let mut lease = db.handle().lease().await?;
    let call = foreign(setting(place).0);
    lease.run(&call, &mut NoRows).await?;
    drop(lease);
    ask(db, "SELECT balance FROM accounts").await?;
    Ok(())
}

/// Two transfers, one of them within a savepoint, with points between the statements where it can be dropped.
pub(super) async fn twice(tx: &Transaction) -> Result<()> {
    tokio::task::yield_now().await;
    transfer(tx).await?;
    tokio::task::yield_now().await;
    let inner = async |tx: &Transaction| {
        tokio::task::yield_now().await;
        transfer(tx).await?;
        tokio::task::yield_now().await;
        Ok(())
    };
    tx.handle().atomically(inner).await?;
    tokio::task::yield_now().await;
    Ok(())
}

/// No slot is lost, and no connection has an open transaction, an answer that nobody read or a changed session.
async fn assert_whole(db: &Db, place: &Place, size: usize, polls: u32) {
    let at = || format!("{}: cut at poll {polls} of a pool of {size}", place.url);
    let mut leases = Vec::new();
    for _ in 0..size {
        leases.push(db.handle().lease().await.unwrap_or_else(|error| panic!("{}: {error}", at())));
    }
    let (_, get, clean) = setting(place);
    let number = polls.to_string();
    let begin = if place.server.is_some() {
        // The server's own word for it.
        "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()"
    } else {
        // Refused where a transaction is open.
        "BEGIN"
    };
    for lease in &mut leases {
        let question = format!("SELECT {number}");
        for (sql, answer) in
            [(&*question, Some(&*number)), (get, Some(clean)), (begin, None), ("ROLLBACK", None)]
        {
            let mut kept = Kept::default();
            let call = Call::text(sql);
            let result = lease.run(&call, &mut kept).await;
            result.unwrap_or_else(|error| panic!("{}: {sql}: {error}", at()));
            let found = kept.0.first().map(|row| &*row[0]);
            match answer {
                Some(_) => assert_eq!(found, answer, "{}: {sql}", at()),
                None => assert!(matches!(found, None | Some("0")), "{}: {sql}: {found:?}", at()),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_at_any_poll_nothing_is_left_behind() {
    for place in places().await {
        for size in if place.memory { 1..=1 } else { 1..=2 } {
            sweep(&place, size).await;
        }
        place.end().await;
    }
}

async fn sweep(place: &Place, size: usize) {
    let db = place.options().max_connections(size).connect().await.unwrap();
    bank(&db).await;
    let observer = place.second().await;
    let mut ended = 0;
    for polls in 1.. {
        let outcome = cut(polls, all(&db, place)).await;
        // What others see, at once and without waiting for anybody: a bank with all its money.
        let seen = balances(observer.as_ref().unwrap_or(&db)).await;
        let money: i64 = seen.iter().map(|balance| balance.parse::<i64>().unwrap()).sum();
        assert_eq!(money, 200, "{}: cut at poll {polls}: {seen:?}", place.url);
        assert_whole(&db, place, size, polls).await;
        if let Some(result) = outcome {
            result.unwrap_or_else(|error| panic!("{}: cut at poll {polls}: {error}", place.url));
            ended += 1;
            // How many polls it takes is not the same every time.
            if ended >= 5 && polls >= 40 {
                break;
            }
        }
    }
    // Nothing holds a lock: a following write works. One cut after COMMIT was sent may have committed as well.
    db.transaction(transfer).await.unwrap_or_else(|error| panic!("{}: {error}", place.url));
    let first = balances(&db).await[0].parse::<i64>().unwrap();
    assert!(first <= 100 - 10 * (ended + 1), "{}: a commit was lost: {first}", place.url);
    assert_eq!(one(&db, "SELECT COUNT(*) FROM accounts").await, "2");
    run(&db, "DROP TABLE accounts").await.unwrap();
    db.close().await.unwrap();
    if let Some(observer) = observer {
        observer.close().await.unwrap();
    }
}

#[tokio::test]
async fn in_memory_one_connection_serves_many_tasks() {
    for place in embedded().await.into_iter().filter(|place| place.memory) {
        let db = place.db().await;
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
        place.end().await;
    }
}
