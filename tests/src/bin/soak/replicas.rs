//! Replicas that are killed, frozen and delayed, and reads of one's own writes on them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use orm_core::db::NoReplica;
use orm_core::prelude::*;
use tests::Outcome;
use tests::ledger::{Entry, Ledger};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::cluster::Cluster;
use crate::place::{PATIENCE, Place, wait_for};
use crate::plan::Plan;
use crate::report::Found;

/// A view that says on which node it was read.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "who")]
struct Who {
    id: u64,
    node: u64,
}

/// Makes the tables and the view, and waits until the replicas have them.
async fn prepare(cluster: &Cluster, place: &Place) -> Outcome<Ledger> {
    let db = place.options().connect().await?;
    let ledger = Ledger::new(&db).await?;
    let schema = if cluster.database() == "mysql" { "performance_schema" } else { "information_schema" };
    let view = format!(
        "CREATE VIEW who AS SELECT 1 AS id, CAST(variable_value AS UNSIGNED) AS node \
         FROM {schema}.global_variables WHERE variable_name = 'server_id'"
    );
    db.execute(TrustedSql(view), ()).await?;
    for _ in 0..100 {
        ledger.append(&db, ledger.next()).await?;
    }
    db.close().await?;
    for url in place.urls() {
        wait_for("the replicas have everything", PATIENCE, async || {
            let db = DbOptions::new(url).max_connections(1).connect().await.ok()?;
            let entries = Entry::find().count(&db).await;
            let _ = db.close().await;
            entries.is_ok_and(|entries| entries == 100).then_some(())
        })
        .await?;
    }
    Ok(ledger)
}

/// The source with both replicas.
fn options(place: &Place) -> DbOptions {
    place.urls()[1..]
        .iter()
        .fold(place.options(), |options, url| options.replica(url))
        .max_connections(8)
        .connect_timeout(Duration::from_secs(2))
}

/// What readers saw: how often each node answered, from the source on, what failed, and what took longest.
#[derive(Debug, Default)]
struct Seen {
    nodes: [u64; 3],
    errors: Vec<String>,
    longest: Duration,
}

/// Reads again and again, in every way.
struct Readers {
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    tasks: JoinSet<()>,
}

impl Readers {
    fn on(db: &Db) -> Self {
        let (stop, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Seen::default())));
        let mut tasks = JoinSet::new();
        for task in 0..6_u64 {
            let (db, stop, seen) = (db.clone(), Arc::clone(&stop), Arc::clone(&seen));
            tasks.spawn(async move {
                let mut round = task;
                while !stop.load(Ordering::Relaxed) {
                    round += 1;
                    let begun = Instant::now();
                    let result = match round % 5 {
                        0 => Entry::find_by_id(&db, 1).await.map(|_| None),
                        1 => Entry::find().count(&db).await.map(|_| None),
                        2 => Entry::find().limit(80).stream(&db).try_collect::<Vec<_>>().await.map(|_| None),
                        _ => Who::find().select(Who::NODE).one(&db).await,
                    };
                    let took = begun.elapsed();
                    {
                        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                        seen.longest = seen.longest.max(took);
                        match result {
                            Ok(Some(node)) => {
                                let at = usize::try_from(node - 1).unwrap_or(usize::MAX);
                                if let Some(count) = seen.nodes.get_mut(at) {
                                    *count += 1;
                                }
                            }
                            Ok(None) => {}
                            Err(error) => seen.errors.push(format!("kind {}: {error:?}", round % 5)),
                        }
                    }
                    sleep(Duration::from_millis(2)).await;
                }
            });
        }
        Self { stop, seen, tasks }
    }

    /// What was seen since the last call of this.
    fn take(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is seen in so much time from now on.
    async fn during(&self, time: Duration) -> Seen {
        self.take();
        sleep(time).await;
        self.take()
    }

    async fn end(mut self) -> Outcome {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(task) = timeout(PATIENCE, self.tasks.join_next()).await.map_err(|_| "reads hang")? {
            task?;
        }
        Ok(())
    }

    /// Waits until this node answers, or does not any more, and gives the time that took.
    async fn until(&self, node: usize, answers: bool, errors: &mut Vec<String>) -> Outcome<Duration> {
        let begun = Instant::now();
        loop {
            let seen = self.during(Duration::from_millis(300)).await;
            errors.extend(seen.errors);
            if (seen.nodes[node - 1] > 0) == answers {
                return Ok(begun.elapsed());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("node {node} answers: {}, for ever", !answers).into());
            }
        }
    }
}

/// Reads go to the replicas that are there.
pub(crate) async fn rotation(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let ledger = prepare(cluster, &place).await?;
    let rounds = plan.share(3, 1);
    let mut found = Found::tried(format!("{rounds} rounds"));
    for _ in 0..rounds {
        killed(cluster, &place, &mut found).await?;
        delayed(cluster, &place, &ledger, &mut found).await?;
        frozen(cluster, &place, &mut found).await?;
    }
    place.remove().await;
    Ok(found)
}

async fn killed(cluster: &Cluster, place: &Place, found: &mut Found) -> Outcome {
    let db = options(place).connect().await?;
    let strict = options(place).when_no_replica(NoReplica::Fail).connect().await?;
    let readers = Readers::on(&db);
    let mut errors = Vec::new();
    readers.until(2, true, &mut errors).await?;
    readers.until(3, true, &mut errors).await?;
    let seen = readers.during(Duration::from_secs(1)).await;
    found.check(seen.nodes[0] == 0 && seen.nodes[1] > 0 && seen.nodes[2] > 0, || {
        format!("two replicas: {:?}", seen.nodes)
    });
    cluster.kill(2).await?;
    errors.extend(readers.take().errors);
    let seen = readers.during(Duration::from_secs(2)).await;
    found.check(seen.nodes[0] == 0 && seen.nodes[2] > 0, || format!("one is killed: {:?}", seen.nodes));
    errors.extend(seen.errors);
    cluster.restart(2).await?;
    found.took("back in rotation after", readers.until(2, true, &mut errors).await?);
    cluster.kill(2).await?;
    cluster.kill(3).await?;
    errors.extend(readers.take().errors);
    let seen = readers.during(Duration::from_secs(1)).await;
    found.check(seen.nodes[0] > 0, || format!("both are killed: {:?}", seen.nodes));
    errors.extend(seen.errors);
    let refused = Who::find().select(Who::NODE).one(&strict).await;
    found.check(matches!(refused, Err(Error::NoReplica)), || format!("no replica: {refused:?}"));
    cluster.restart(2).await?;
    cluster.restart(3).await?;
    found.took("back in rotation after", readers.until(2, true, &mut errors).await?);
    found.took("back in rotation after", readers.until(3, true, &mut errors).await?);
    let again = wait_for("reads without a primary", PATIENCE, async || {
        Who::find().select(Who::NODE).one(&strict).await.ok()
    });
    found.check(again.await? > Some(1), || "the primary answered".to_owned());
    found.check(errors.is_empty(), || {
        format!("{} reads failed while replicas were killed, as {:?}", errors.len(), errors.first())
    });
    readers.end().await?;
    db.close().await?;
    Ok(strict.close().await?)
}

async fn delayed(cluster: &Cluster, place: &Place, ledger: &Ledger, found: &mut Found) -> Outcome {
    let db = options(place).max_replica_lag(Duration::from_secs(2)).connect().await?;
    let readers = Readers::on(&db);
    let mut errors = Vec::new();
    readers.until(3, true, &mut errors).await?;
    cluster.delay(3, 5).await?;
    // Something has to be late.
    let writing = async {
        loop {
            if let Err(error) = ledger.append(&db, ledger.next()).await {
                return error;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let watching = async {
        found.took("out of rotation after", readers.until(3, false, &mut errors).await?);
        let seen = readers.during(Duration::from_secs(1)).await;
        found.check(seen.nodes[2] == 0 && seen.nodes[1] > 0, || format!("one is late: {:?}", seen.nodes));
        errors.extend(seen.errors);
        cluster.delay(3, 0).await?;
        found.took("back in rotation after", readers.until(3, true, &mut errors).await?);
        Outcome::Ok(())
    };
    tokio::select! {
        watched = watching => watched?,
        error = writing => return Err(error.into()),
    }
    found.check(errors.is_empty(), || format!("reads failed while one was late: {:?}", errors.first()));
    readers.end().await?;
    Ok(db.close().await?)
}

/// A replica that answers nobody is left out soon, also where statements have no deadline.
async fn frozen(cluster: &Cluster, place: &Place, found: &mut Found) -> Outcome {
    const SOON: Duration = Duration::from_secs(8);
    let plain = options(place).connect().await?;
    let lag = options(place).max_replica_lag(Duration::from_secs(2)).connect().await?;
    for db in [&plain, &lag] {
        for _ in 0..20 {
            Who::find().select(Who::NODE).one(db).await?;
        }
    }
    cluster.freeze(2).await?;
    sleep(SOON).await;
    let mut outcome = Ok(());
    for (db, what) in [(&plain, "plain"), (&lag, "with a limit to its lag")] {
        for _ in 0..30 {
            let read = timeout(Duration::from_secs(1), Who::find().select(Who::NODE).one(db)).await;
            if !matches!(read, Ok(Ok(Some(3)))) {
                outcome = Err(format!("{SOON:?} after a replica froze, {what}: {read:?}"));
                break;
            }
        }
    }
    cluster.thaw(2).await?;
    found.check(outcome.is_ok(), || outcome.err().unwrap_or_default());
    plain.close().await?;
    Ok(lag.close().await?)
}

/// Every read on a handle sees what the handle has written.
pub(crate) async fn own_writes(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    prepare(cluster, &place).await?;
    let mut found = Found::default();
    let db = options(&place).connect().await?;
    cost(&db, plan, &mut found).await?;

    // Many at once on one handle, none of whom may lose what another has written.
    let mine = db.read_your_writes(Duration::from_secs(5));
    let (checks, missed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut tasks = JoinSet::new();
    let rounds = plan.share(300, 40);
    for task in 0..6_u64 {
        let (mine, checks, missed) = (mine.clone(), Arc::clone(&checks), Arc::clone(&missed));
        tasks.spawn(async move {
            for round in 0..rounds {
                let number = 1_000_000 * (task + 1) + round;
                let entry = if round % 2 == 0 {
                    Entry::build().number(number).save(&mine).await?
                } else {
                    mine.transaction(async |tx| Entry::build().number(number).save(tx).await).await?
                };
                checks.fetch_add(1, Ordering::Relaxed);
                if Entry::find_by_id(&mine, entry.id).await?.is_none() {
                    missed.fetch_add(1, Ordering::Relaxed);
                }
            }
            Ok::<_, Error>(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let missed = missed.load(Ordering::Relaxed);
    found.check(missed == 0, || format!("{missed} reads did not see what was written"));

    // Late replicas.
    cluster.delay(2, 3).await?;
    cluster.delay(3, 3).await?;
    let late = late(&place, plan, &checks, &mut found).await;
    cluster.delay(2, 0).await?;
    cluster.delay(3, 0).await?;
    late?;
    found.tried.push(format!("{} reads after a write", checks.load(Ordering::Relaxed)));
    db.close().await?;
    place.remove().await;
    Ok(found)
}

/// Replicas that are too late for any patience, and for a deadline that is shorter than the patience.
async fn late(place: &Place, plan: &Plan, checks: &AtomicU64, found: &mut Found) -> Outcome {
    for (deadline, patience) in
        [(None, Duration::from_millis(300)), (Some(Duration::from_millis(400)), Duration::from_secs(2))]
    {
        let db = options(place).statement_timeout(deadline).connect().await?;
        let mine = db.read_your_writes(patience);
        for _ in 0..plan.share(20, 5) {
            let entry = Entry::build().number(7).save(&mine).await?;
            let begun = Instant::now();
            let read = Entry::find_by_id(&mine, entry.id).await;
            found.took("read", begun.elapsed());
            checks.fetch_add(1, Ordering::Relaxed);
            found.check(matches!(read, Ok(Some(_))), || {
                format!("late replicas, a deadline of {deadline:?}, patience of {patience:?}: {read:?}")
            });
            // A handle that has written nothing reads from replicas.
            let elsewhere = Who::find().select(Who::NODE).one(&db).await?;
            found.check(elsewhere > Some(1), || "the primary answered another handle".to_owned());
        }
        db.close().await?;
    }
    Ok(())
}

/// What it costs, in milliseconds, and that it is replicas which answer.
async fn cost(db: &Db, plan: &Plan, found: &mut Found) -> Outcome {
    let times = plan.share(500, 100);
    let mut replicas = 0;
    for (what, handle) in [("plain", db.clone()), ("own writes", db.read_your_writes(Duration::from_secs(5)))]
    {
        let (mut write, mut read) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..times {
            let begun = Instant::now();
            Entry::build().number(9).save(&handle).await?;
            write += begun.elapsed();
            let begun = Instant::now();
            Entry::find_by_id(&handle, 1).await?;
            read += begun.elapsed();
            let node = Who::find().select(Who::NODE).one(&handle).await?;
            replicas += u64::from(node > Some(1));
        }
        let each = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(u32::try_from(times).unwrap_or(1));
        found.tried.push(format!("{what}: write {:.2} ms, read {:.2} ms", each(write), each(read)));
    }
    found.check(replicas == 2 * times, || format!("replicas answered {replicas} of {}", 2 * times));
    Ok(())
}
