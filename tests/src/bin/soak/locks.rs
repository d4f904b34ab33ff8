//! Transactions that get in each other's way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use orm_core::db::Retry;
use orm_core::prelude::*;
use tests::Outcome;
use tests::bank::Account;
use tests::ledger::{Fate, Ledger};
use tokio::sync::Barrier;
use tokio::time::{Instant, timeout};

use crate::cluster::Cluster;
use crate::place::{PATIENCE, Place};
use crate::plan::Plan;
use crate::report::Found;

/// Adds one to two accounts in this order, the second time within a savepoint where `nested`. The first attempts of both meet in between, so that each has
/// what the other wants.
async fn both(
    db: &Db,
    order: [u64; 2],
    nested: bool,
    meet: &Barrier,
    attempts: &AtomicU64,
) -> Result<(), Error> {
    let first = AtomicU64::new(0);
    let (first, add) = (&first, |id: u64| Account::find().filter(Account::ID.eq(id)));
    db.retry_transaction(Retry::new(50), async move |tx: &Transaction| {
        attempts.fetch_add(1, Ordering::Relaxed);
        add(order[0]).update(tx, Account::BALANCE.increment(1)).await?;
        if first.fetch_add(1, Ordering::Relaxed) == 0 {
            meet.wait().await;
        }
        if nested {
            tx.transaction(async |inner| {
                add(order[1]).update(inner, Account::BALANCE.increment(1)).await.map(drop)
            })
            .await
        } else {
            add(order[1]).update(tx, Account::BALANCE.increment(1)).await.map(drop)
        }
    })
    .await
}

/// Pairs of transactions that want two rows in opposite order.
pub(crate) async fn deadlocks(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let db = place.options().connect().await?;
    Account::sync(&db).await?;
    Account::bulk_create(&db, (0..2).map(|_| Account::build().balance(0))).await?;
    let (pairs, attempts) = (plan.share(1_000, 20), AtomicU64::new(0));
    let mut found = Found::tried(format!("2 × {pairs} pairs"));
    for nested in [false, true] {
        for _ in 0..pairs {
            let meet = Barrier::new(2);
            let begun = Instant::now();
            let run = |order| both(&db, order, nested, &meet, &attempts);
            let (one, two) = timeout(PATIENCE, async { tokio::join!(run([1, 2]), run([2, 1])) })
                .await
                .map_err(|_| "a pair hangs")?;
            found.took("pair", begun.elapsed());
            for result in [one, two] {
                found.check(result.is_ok(), || format!("{result:?}"));
            }
        }
    }
    let again = attempts.load(Ordering::Relaxed) - 4 * pairs;
    found.tried.push(format!("{again} run again"));
    found.check(again >= 2 * pairs, || format!("only {again} were run again"));
    let balances = Account::find().order_by(Account::ID).select(Account::BALANCE).all(&db).await?;
    let right = i64::try_from(4 * pairs)?;
    found.check(balances == [right; 2], || format!("the counters are {balances:?}, not {right}"));
    db.close().await?;
    place.wait_until_quiet(0).await?;
    place.remove().await;
    Ok(found)
}

/// A transaction that has waited too long for a lock keeps nothing, and the next attempt succeeds.
pub(crate) async fn lock_wait(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let admin = place.options().max_connections(1).connect().await?;
    let before = admin.query_as::<u64>("SELECT @@global.innodb_lock_wait_timeout", ()).await?[0];
    admin.execute("SET GLOBAL innodb_lock_wait_timeout = 1", ()).await?;
    let found = waits(&place, plan).await;
    admin.execute(TrustedSql(format!("SET GLOBAL innodb_lock_wait_timeout = {before}")), ()).await?;
    admin.close().await?;
    place.wait_until_quiet(0).await?;
    place.remove().await;
    found
}

async fn waits(place: &Place, plan: &Plan) -> Outcome<Found> {
    let db = place.options().connect().await?;
    Account::sync(&db).await?;
    Account::build().balance(0).save(&db).await?;
    let ledger = Arc::new(Ledger::new(&db).await?);
    let rounds = plan.share(10, 2);
    let mut found = Found::tried(format!("{rounds} waits"));
    for _ in 0..rounds {
        let holder = db.begin().await?;
        Account::find().filter(Account::ID.eq(1)).update(&holder, Account::BALANCE.increment(1)).await?;
        let want = async |tx: &Transaction, key: u64| {
            Ledger::write(tx, key).await?;
            Account::find()
                .filter(Account::ID.eq(1))
                .update(tx, Account::BALANCE.increment(1))
                .await
                .map(drop)
        };
        let (key, begun) = (ledger.next(), Instant::now());
        let result = timeout(PATIENCE, db.transaction(async |tx| want(tx, key).await)).await?;
        found.took("wait", begun.elapsed());
        found.check(matches!(result, Err(Error::LockTimeout(_))), || format!("{result:?}"));
        ledger.settle(key, Fate::of_transaction(&result));
        // The same, run again while the other one ends.
        let key = ledger.next();
        let again = db.retry_transaction(Retry::new(10), async move |tx: &Transaction| want(tx, key).await);
        let ending = async {
            tokio::time::sleep(Duration::from_millis(1_300)).await;
            holder.commit().await
        };
        let (again, ended) = tokio::join!(timeout(PATIENCE, again), ending);
        ended?;
        let again = again?;
        found.check(again.is_ok(), || format!("{again:?}"));
        ledger.settle(key, Fate::of_transaction(&again));
    }
    let balance = Account::find().select(Account::BALANCE).all(&db).await?;
    let right = i64::try_from(2 * rounds)?;
    found.check(balance == [right], || format!("the counter is {balance:?}, not {right}"));
    found.books(ledger.verify(&db).await);
    db.close().await?;
    Ok(found)
}
