//! A single server that is killed and started again, and one that is frozen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use orm_core::db::Retry;
use orm_core::prelude::*;
use tests::Outcome;
use tests::bank::{Account, Bank, Report};
use tests::ledger::{Fate, Ledger};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::cluster::Cluster;
use crate::place::{Load, PATIENCE, Place, Watch, wait_for};
use crate::plan::Plan;
use crate::report::Found;

/// The connections of each `Db`.
pub(crate) const CONNECTIONS: usize = 6;
/// How many transfer at the same time.
pub(crate) const TASKS: u64 = 8;
/// After a server takes writes again, the first one may take so long.
pub(crate) const RECOVERY: Duration = Duration::from_secs(2);

/// As an application that means to live through a failover.
pub(crate) fn patient() -> Retry {
    Retry::new(u32::MAX).within(PATIENCE).lost_connections(true)
}

/// What a bank must have seen that lived through everything.
pub(crate) fn lived_through(found: &mut Found, report: &Report) {
    found.check(report.other.is_empty(), || {
        format!("unexpected errors: {:?}", report.other.iter().take(5).collect::<Vec<_>>())
    });
    found.check(report.committed > 0, || "nothing was committed".to_owned());
    let failed = report.lost + report.late + report.conflicts;
    found.check(failed == 0, || {
        format!("failed for good: {} lost, {} late, {} conflicts", report.lost, report.late, report.conflicts)
    });
    found.tried.push(format!("{} transfers", report.committed));
    found.tried.push(format!("{} doubtful", report.doubtful));
}

/// `kill -9` and a restart, again and again.
pub(crate) async fn restart(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let db = place.options().max_connections(CONNECTIONS).connect().await?;
    Watch::prepare(&db).await?;
    let bank = Arc::new(Bank::new(&db, 10, plan.seed).await?.retrying(patient()));
    let load = Load::on(&bank, &db, TASKS);
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let rounds = plan.share(20, 2);
    let mut found = Found::tried(format!("{rounds} kills"));
    for round in 0..rounds {
        sleep(Duration::from_millis(random.u64(200..1_000))).await;
        cluster.kill(1).await?;
        let killed = Instant::now();
        let watch = Watch::over(place.url());
        cluster.restart(1).await?;
        let up = wait_for("the server takes writes", PATIENCE, async || watch.since()).await?;
        let first = wait_for("a transfer", PATIENCE, async || bank.acknowledged_after(killed)).await?;
        let recovery = first.saturating_duration_since(up);
        found.took("first commit after", recovery);
        found.check(recovery <= RECOVERY, || format!("round {round}: {recovery:?} to the first commit"));
    }
    let report = load.end().await?;
    lived_through(&mut found, &report);
    place.wait_until_quiet(CONNECTIONS).await?;
    place.verify(&bank, &mut found).await?;
    // The same `Db` as before the first of them.
    db.authenticate().await?;
    db.close().await?;
    place.remove().await;
    Ok(found)
}

/// The longest that each call took beyond its deadline.
#[derive(Debug, Default)]
struct Overshoot {
    calls: AtomicU64,
    late: AtomicU64,
    longest: AtomicU64,
}

impl Overshoot {
    async fn of<T>(
        &self,
        deadline: Duration,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let begun = Instant::now();
        let result = call.await;
        let beyond = begun.elapsed().saturating_sub(deadline);
        self.calls.fetch_add(1, Ordering::Relaxed);
        if matches!(result, Err(Error::Timeout { .. } | Error::PoolExhausted { .. } | Error::OutcomeUnknown))
        {
            self.late.fetch_add(1, Ordering::Relaxed);
        }
        self.longest.fetch_max(u64::try_from(beyond.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        result
    }
}

/// SIGSTOP under load: every call ends by its deadline.
pub(crate) async fn frozen(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    const STATEMENT: Duration = Duration::from_secs(1);
    const CONNECT: Duration = Duration::from_secs(2);
    /// For a connection that comes free, and for one that is made or asked whether it is there.
    const ACQUIRE: Duration = Duration::from_secs(1);
    const SLACK: Duration = Duration::from_millis(250);
    let place = Place::on(cluster).await?;
    let options = place.options().max_connections(CONNECTIONS).connect_timeout(CONNECT);
    let db = options.acquire_timeout(ACQUIRE).statement_timeout(STATEMENT).connect().await?;
    Account::sync(&db).await?;
    Account::bulk_create(&db, (0..50).map(|_| Account::build().balance(1))).await?;
    let ledger = Arc::new(Ledger::new(&db).await?);
    let over = Arc::new(Overshoot::default());
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (db, ledger, over, stop) =
            (db.clone(), Arc::clone(&ledger), Arc::clone(&over), Arc::clone(&stop));
        let mut random = fastrand::Rng::with_seed(plan.seed.wrapping_add(task));
        tasks.spawn(async move {
            // Waiting in line, then a connection, then the statement.
            let whole = ACQUIRE + CONNECT.max(ACQUIRE) + STATEMENT;
            while !stop.load(Ordering::Relaxed) {
                match random.u8(..3) {
                    0 => drop(over.of(whole, Account::find_by_id(&db, random.u64(1..=50))).await),
                    1 => drop(over.of(whole, ledger.append(&db, ledger.next())).await),
                    _ => {
                        let key = ledger.next();
                        let Ok(tx) = over.of(whole, db.begin()).await else {
                            ledger.settle(key, Fate::Failed);
                            continue;
                        };
                        let written = over.of(STATEMENT, Ledger::write(&tx, key)).await;
                        let result = match written {
                            Ok(()) => over.of(STATEMENT, tx.commit()).await,
                            Err(error) => {
                                let _ = over.of(CONNECT, tx.rollback()).await;
                                Err(error)
                            }
                        };
                        ledger.settle(key, Fate::of_transaction(&result));
                    }
                }
            }
        });
    }
    sleep(Duration::from_millis(500)).await;
    let seconds = plan.share(20, 6);
    cluster.freeze(1).await?;
    sleep(Duration::from_secs(seconds)).await;
    cluster.thaw(1).await?;
    let thawed = Instant::now();
    let before = ledger.count(Fate::Acknowledged);
    let recovered = wait_for("a write after the thaw", PATIENCE, async || {
        (ledger.count(Fate::Acknowledged) > before).then(Instant::now)
    })
    .await;
    sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    while let Some(task) = tasks.join_next().await {
        task?;
    }
    let recovered = recovered?;
    let mut found = Found::tried(format!("{seconds} s frozen"));
    found.tried.push(format!("{} calls", over.calls.load(Ordering::Relaxed)));
    found.tried.push(format!("{} ended by a deadline", over.late.load(Ordering::Relaxed)));
    found.tried.push(format!("first write {:.3} s after", (recovered - thawed).as_secs_f64()));
    let longest = Duration::from_micros(over.longest.load(Ordering::Relaxed));
    found.took("overshoot", longest);
    found.check(longest <= SLACK, || format!("a call took {longest:?} longer than its deadline"));
    found.check(over.late.load(Ordering::Relaxed) > 0, || "no deadline passed".to_owned());
    place.wait_until_quiet(CONNECTIONS).await?;
    found.books(ledger.verify(&db).await);
    db.close().await?;
    place.remove().await;
    Ok(found)
}
