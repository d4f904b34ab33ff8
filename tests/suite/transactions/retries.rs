//! Transactions that are run again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use orm_core::db::{Retry, TransactionOptions};
use orm_core::prelude::*;
use tests::{Fixture, Outcome};
use tokio::sync::Barrier;

use super::{Account, balances, two};
use crate::{cases, check, check_eq, check_matches};

cases![
    deadlocks_are_run_again,
    whatever_the_closure_makes_of_them,
    other_errors_are_not,
    attempts_have_an_end,
    a_lock_that_does_not_come_free_is_run_again,
];

fn quick(attempts: u32) -> Retry {
    Retry::new(attempts).pauses(Duration::from_millis(1), Duration::from_millis(20))
}

/// Changes the two accounts one after the other. With the barrier both sides have the first one before they want the second.
async fn change(tx: &Transaction, ids: [u64; 2], meet: &Barrier, attempt: u32) -> Result<(), Error> {
    let one = |id| Account::find().filter(Account::ID.eq(id)).update(tx, Account::BALANCE.increment(1));
    one(ids[0]).await?;
    if attempt == 1 {
        // On SQLite the other side waits for this transaction, so nobody comes.
        let _ = tokio::time::timeout(Duration::from_millis(200), meet.wait()).await;
    }
    one(ids[1]).await?;
    Ok(())
}

async fn deadlocks_are_run_again(fixture: &Fixture) -> Outcome {
    crossing(fixture, |outcome| outcome).await
}

async fn whatever_the_closure_makes_of_them(fixture: &Fixture) -> Outcome {
    crossing(fixture, |outcome| outcome.map_err(|_| Error::custom("it did not work"))).await
}

/// Two transactions that want the same two rows in opposite orders, so that the server ends one of them.
async fn crossing(
    fixture: &Fixture,
    made_of: impl Fn(Result<(), Error>) -> Result<(), Error> + Copy + Send + Sync + 'static,
) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let (meet, attempts) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let sides = [[1, 2], [2, 1]].map(|ids| {
        let (db, meet, attempts) = (db.clone(), Arc::clone(&meet), Arc::clone(&attempts));
        tokio::spawn(async move {
            let mine = AtomicU32::new(0);
            db.retry_transaction(quick(20), async |tx| {
                attempts.fetch_add(1, Ordering::Relaxed);
                let attempt = mine.fetch_add(1, Ordering::Relaxed) + 1;
                made_of(change(tx, ids, &meet, attempt).await)
            })
            .await
        })
    });
    for side in sides {
        side.await??;
    }
    check_eq!(balances(db).await?, [102, 2]);
    let attempts = attempts.load(Ordering::Relaxed);
    // One writer at a time has no deadlocks.
    check!(if fixture.is_sqlite() { attempts == 2 } else { attempts > 2 }, "{attempts} attempts");
    Ok(())
}

async fn other_errors_are_not(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let attempts = AtomicU32::new(0);
    let outcome = db
        .retry_transaction(quick(5), async |tx| {
            attempts.fetch_add(1, Ordering::Relaxed);
            Account::build().owner("Cid").balance(1).save(tx).await?;
            Account::build().owner("Ada").balance(1).save(tx).await
        })
        .await;
    check_matches!(outcome, Err(Error::UniqueViolation(_)));
    let outcome: Result<(), Error> = db
        .retry_transaction(quick(5), async |_| {
            attempts.fetch_add(1, Ordering::Relaxed);
            Err(Error::custom("not today"))
        })
        .await;
    check_matches!(outcome, Err(Error::Custom(_)));
    let reading = quick(5).options(TransactionOptions::new().read_only());
    let outcome = db
        .retry_transaction(reading, async |tx| {
            attempts.fetch_add(1, Ordering::Relaxed);
            Account::build().owner("Cid").balance(1).save(tx).await
        })
        .await;
    check_matches!(outcome, Err(Error::ReadOnly(_)));
    check_eq!(attempts.load(Ordering::Relaxed), 3);
    check_eq!(balances(db).await?, [100, 0]);
    Ok(())
}

async fn attempts_have_an_end(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let attempts = AtomicU32::new(0);
    let conflict =
        || Error::Conflict(orm_core::error::DatabaseError::new(1213, "40001", "as a server says it"));
    let outcome: Result<(), Error> = db
        .retry_transaction(quick(4), async |tx| {
            attempts.fetch_add(1, Ordering::Relaxed);
            Account::find().everything().update(tx, Account::BALANCE.set(7)).await?;
            Err(conflict())
        })
        .await;
    check_matches!(outcome, Err(Error::Conflict(_)));
    check_eq!(attempts.load(Ordering::Relaxed), 4);
    let outcome: Result<(), Error> = db
        .retry_transaction(quick(u32::MAX).within(Duration::from_millis(100)), async |_| Err(conflict()))
        .await;
    check_matches!(outcome, Err(Error::Conflict(_)));
    // Nothing of any attempt is left.
    check_eq!(balances(db).await?, [100, 0]);
    Ok(())
}

async fn a_lock_that_does_not_come_free_is_run_again(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    if fixture.is_sqlite() {
        // There the begin waits for the lock, as long as a busy database may last.
        return Ok(());
    }
    let holder = db.begin().await?;
    Account::find().filter(Account::ID.eq(1)).update(&holder, Account::BALANCE.set(1)).await?;
    let mut holder = Some(holder);
    let attempts = AtomicU32::new(0);
    let (release, released) = tokio::sync::mpsc::unbounded_channel::<()>();
    let mut released = released;
    let waiting = db.retry_transaction(quick(5), async |tx| {
        tx.execute("SET innodb_lock_wait_timeout = 1", ()).await?;
        Account::build().owner("Cid").balance(1).save(tx).await?;
        if attempts.fetch_add(1, Ordering::Relaxed) == 1 {
            let _ = release.send(());
        }
        Account::find().filter(Account::ID.eq(1)).update(tx, Account::BALANCE.increment(1)).await
    });
    let releasing = async {
        released.recv().await;
        if let Some(holder) = holder.take() {
            holder.rollback().await?;
        }
        Ok::<_, Error>(())
    };
    let (changed, done) = tokio::join!(waiting, releasing);
    done?;
    check_eq!(changed?, 1);
    check_eq!(attempts.load(Ordering::Relaxed), 2);
    // What the first attempt had done before it waited is not there twice.
    check_eq!(balances(db).await?, [101, 0, 1]);
    Ok(())
}
