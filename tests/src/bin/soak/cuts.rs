//! Futures that are dropped, and connections that are killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use orm_core::prelude::*;
use tests::Outcome;
use tests::bank::{Bank, Length};
use tests::cutter::cut;
use tests::ledger::{Entry, Fate, Ledger};
use tests::observer::Observer;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::cluster::Cluster;
use crate::crashes::{CONNECTIONS, TASKS};
use crate::place::{PATIENCE, Place};
use crate::plan::Plan;
use crate::report::Found;

/// Ten thousand operations, each dropped at a random poll.
pub(crate) async fn cuts(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let db = place.options().max_connections(CONNECTIONS).connect().await?;
    let ledger = Arc::new(Ledger::new(&db).await?);
    for _ in 0..150 {
        ledger.append(&db, ledger.next()).await?;
    }
    let (wanted, begun, cuts) =
        (plan.share(10_000, 200), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (db, ledger, begun, cuts) =
            (db.clone(), Arc::clone(&ledger), Arc::clone(&begun), Arc::clone(&cuts));
        let mut random = fastrand::Rng::with_seed(plan.seed.wrapping_add(task));
        tasks.spawn(async move {
            let (mut longest, mut errors) = (Duration::ZERO, Vec::new());
            while cuts.load(Ordering::Relaxed) < wanted {
                begun.fetch_add(1, Ordering::Relaxed);
                // Most operations have few polls, and some have many.
                let polls = if random.bool() { random.usize(1..5) } else { random.usize(1..60) };
                let started = Instant::now();
                match operation(&db, &ledger, random.u8(..7), polls).await {
                    Ok(true) => {}
                    Ok(false) => drop(cuts.fetch_add(1, Ordering::Relaxed)),
                    Err(error) => errors.push(format!("{error:?}")),
                }
                longest = longest.max(started.elapsed());
            }
            (longest, errors)
        });
    }
    let mut found = Found::default();
    let all = async {
        while let Some(task) = tasks.join_next().await {
            let (longest, errors) = task?;
            found.took("operation", longest);
            found.faults.extend(errors.into_iter().take(3));
        }
        Outcome::Ok(())
    };
    timeout(PATIENCE * 4, all).await.map_err(|_| "operations hang")??;
    found.tried.push(format!(
        "{} cuts of {} operations",
        cuts.load(Ordering::Relaxed),
        begun.load(Ordering::Relaxed)
    ));
    if cluster.database() == "sqlite" {
        db.close().await?;
        let observer = Observer::of(place.url()).await?;
        observer.wait_until_quiet(0).await?;
        observer.close().await?;
    } else {
        place.wait_until_quiet(CONNECTIONS).await?;
        for _ in 0..CONNECTIONS * 2 {
            db.authenticate().await?;
        }
        db.close().await?;
        place.wait_until_quiet(0).await?;
    }
    let db = place.options().connect().await?;
    found.books(ledger.verify(&db).await);
    db.close().await?;
    place.remove().await;
    Ok(found)
}

/// One of seven operations. Whether it came to its end.
async fn operation(db: &Db, ledger: &Ledger, kind: u8, polls: usize) -> Result<bool, Error> {
    let key = ledger.next();
    let settle = |result: Option<Result<(), Error>>| match result {
        Some(result) => {
            ledger.settle(key, Fate::of_transaction(&result));
            result.map(|()| true)
        }
        // Dropped: nobody knows.
        None => Ok(false),
    };
    match kind {
        0 => {
            ledger.settle(key, Fate::Failed);
            Ok(cut(polls, Entry::find().filter(Entry::NUMBER.lt(50)).all(db)).await.transpose()?.is_some())
        }
        1 => Ok(cut(polls, ledger.append(db, key)).await.transpose()?.is_some()),
        2 => {
            let work = db.transaction(async |tx| {
                Ledger::write(tx, key).await?;
                Entry::find().limit(3).all(tx).await.map(drop)
            });
            settle(cut(polls, work).await)
        }
        3 => {
            let work = db.transaction(async |tx| {
                // What is within the savepoint is undone, what is outside of it stays.
                let inner = tx
                    .transaction(async |inner| {
                        Ledger::write(inner, key).await?;
                        Err::<(), _>(Error::custom("undo"))
                    })
                    .await;
                match inner {
                    Err(Error::Custom(_)) => Ledger::write(tx, key).await,
                    other => other,
                }
            });
            settle(cut(polls, work).await)
        }
        4 => {
            ledger.settle(key, Fate::Failed);
            let rows = Entry::find().limit(150).stream(db).try_collect::<Vec<_>>();
            Ok(cut(polls, rows).await.transpose()?.is_some())
        }
        5 => {
            ledger.settle(key, Fate::Failed);
            let Some(tx) = cut(polls, db.begin()).await.transpose()? else { return Ok(false) };
            Ledger::write(&tx, key).await?;
            drop(tx);
            Ok(true)
        }
        _ => {
            let tx = match db.begin().await {
                Ok(tx) => tx,
                Err(error) => return settle(Some(Err(error))),
            };
            if let Err(error) = Ledger::write(&tx, key).await {
                return settle(Some(Err(error)));
            }
            settle(cut(polls, tx.commit()).await)
        }
    }
}

/// Random connections are killed under a bank.
pub(crate) async fn kills(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let db = place.options().max_connections(CONNECTIONS).connect().await?;
    let bank = Arc::new(Bank::new(&db, 10, plan.seed).await?);
    let observer = Observer::of(place.url()).await?;
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let mut killed = 0_u64;
    let killing = async {
        loop {
            sleep(Duration::from_millis(random.u64(1..40))).await;
            if let Some(connection) = random.choice(observer.connections().await?) {
                observer.kill(connection).await?;
                killed += 1;
            }
        }
        #[expect(unreachable_code, reason = "it says what the block is")]
        Outcome::Ok(())
    };
    let length = Length::Time(Duration::from_secs(plan.share(20, 3)));
    let report = tokio::select! {
        report = timeout(PATIENCE * 2, bank.run(&db, TASKS, length)) => report.map_err(|_| "transfers hang")??,
        error = killing => return Err(error.err().unwrap_or_else(|| "it ended".into())),
    };
    let mut found = Found::tried(format!("{killed} kills"));
    found.tried.push(format!("{} transfers", report.committed));
    found.tried.push(format!("{} lost with their connection", report.lost));
    found.tried.push(format!("{} doubtful", report.doubtful));
    found.took("transfer", report.longest);
    found.check(report.other.is_empty() && report.late == 0 && report.committed > 0, || {
        format!("{:?}, {} late", report.other.iter().take(5).collect::<Vec<_>>(), report.late)
    });
    observer.close().await?;
    db.close().await?;
    place.wait_until_quiet(0).await?;
    place.verify(&bank, &mut found).await?;
    place.remove().await;
    Ok(found)
}
