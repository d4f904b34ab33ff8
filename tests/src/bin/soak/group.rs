//! A group of three whose primary is killed, frozen or changed, and one that loses its majority; Galera, whose node that is used is. The `Db` is opened
//! once. And several nodes that take writes.

use std::sync::Arc;
use std::time::Duration;

use orm_core::prelude::*;
use tests::Outcome;
use tests::bank::{Bank, Length};
use tokio::time::{Instant, sleep};

use crate::cluster::Cluster;
use crate::crashes::{CONNECTIONS, RECOVERY, TASKS, lived_through, patient};
use crate::place::{Load, PATIENCE, Place, Watch, wait_for};
use crate::plan::Plan;
use crate::report::Found;

/// How the primary stops being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Kill,
    Freeze,
    Order,
}

/// The primary is killed and started again.
pub(crate) async fn failover(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    changes(cluster, plan, Change::Kill, plan.share(4, 1)).await
}

/// Another node is made the primary, in order.
pub(crate) async fn switch(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    changes(cluster, plan, Change::Order, plan.share(6, 1)).await
}

/// The primary answers nobody for a while.
pub(crate) async fn frozen_primary(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    changes(cluster, plan, Change::Freeze, plan.share(2, 1)).await
}

async fn changes(cluster: &Cluster, plan: &Plan, change: Change, rounds: u64) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let mut options = place.options().max_connections(CONNECTIONS);
    if change != Change::Kill {
        // Nothing else tells that a server is frozen. And while a primary steps down, a transaction that waits for it may hold the lock that another
        // one waits for, which it waits for: without a deadline that lasts until `innodb_lock_wait_timeout`, 50 s.
        options = options.statement_timeout(Duration::from_secs(1));
    }
    let db = options.connect().await?;
    Watch::prepare(&db).await?;
    let bank = Arc::new(Bank::new(&db, 10, plan.seed).await?.retrying(patient()));
    let load = Load::on(&bank, &db, TASKS);
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let mut found = Found::tried(format!("{rounds} times"));
    let mut ordered = Vec::new();
    let everywhere = cluster.takes_writes_everywhere();
    for round in 0..rounds {
        sleep(Duration::from_millis(random.u64(500..1_500))).await;
        let old = writer(cluster, &db, &place).await?;
        let next = (old + 1 + random.usize(..2)) % 3;
        let watch = || -> Vec<Watch> {
            match change {
                // The others refuse.
                Change::Order => vec![Watch::over(&place.urls()[next])],
                _ => {
                    let others = || (0..3).filter(|node| *node != old);
                    others().map(|node| Watch::over(&place.urls()[node])).collect()
                }
            }
        };
        // Where all nodes take writes, they do so before as well.
        let mut watches = if everywhere { Vec::new() } else { watch() };
        let begun = Instant::now();
        match change {
            Change::Kill => cluster.kill(old + 1).await?,
            Change::Freeze => cluster.freeze(old + 1).await?,
            Change::Order => cluster.make_primary(next + 1).await?,
        }
        let done = Instant::now();
        if everywhere {
            watches = watch();
        }
        let accepts = wait_for("another node takes writes", PATIENCE, async || {
            watches.iter().filter_map(Watch::since).min()
        })
        .await?;
        // Before that nothing can be acknowledged by the new one, but some of what the old one had acknowledged may be heard of.
        let earliest = if everywhere { accepts } else { accepts.min(done) };
        let first = wait_for("a transfer", PATIENCE, async || bank.acknowledged_after(earliest)).await?;
        let recovery = first.saturating_duration_since(accepts);
        found.took("first commit after", recovery);
        found.check(recovery <= RECOVERY, || format!("round {round}: {recovery:?} to the first commit"));
        ordered.push((first.max(accepts) - begun).as_secs_f64());
        match change {
            Change::Kill => cluster.restart(old + 1).await?,
            Change::Freeze => {
                cluster.thaw(old + 1).await?;
                // It learns that it is out, and transfers go on meanwhile.
                sleep(Duration::from_secs(3)).await;
                cluster.kill(old + 1).await?;
                cluster.restart(old + 1).await?;
            }
            Change::Order => {}
        }
    }
    let longest = ordered.into_iter().fold(0.0, f64::max);
    found.tried.push(format!("{longest:.1} s in all at most"));
    let mut report = load.end().await?;
    if change != Change::Kill {
        // Those that were under way there ended by their deadline, which nobody asked to have run again.
        found.tried.push(format!("{} ended by their deadline", std::mem::take(&mut report.late)));
    }
    lived_through(&mut found, &report);
    place.verify(&bank, &mut found).await?;
    db.authenticate().await?;
    db.close().await?;
    place.remove().await;
    Ok(found)
}

/// Which node takes writes, from 0.
async fn primary(place: &Place) -> Outcome<usize> {
    wait_for("a node that takes writes", PATIENCE, async || {
        for (number, url) in place.urls().iter().enumerate() {
            let Ok(db) = DbOptions::new(url).max_connections(1).connect().await else { continue };
            let answer = db.query_as::<i64>("SELECT @@global.super_read_only", ()).await;
            let _ = db.close().await;
            if answer.is_ok_and(|answer| answer == [0]) {
                return Some(number);
            }
        }
        None
    })
    .await
}

/// The same, or the node that this `Db` keeps to where all of them do.
async fn writer(cluster: &Cluster, db: &Db, place: &Place) -> Outcome<usize> {
    if !cluster.takes_writes_everywhere() {
        return primary(place).await;
    }
    wait_for("an answer", PATIENCE, async || {
        let port = db.query_as::<u16>("SELECT @@port", ()).await.ok()?.into_iter().next();
        let port_of = |url: &String| url::Url::parse(url).ok().and_then(|url| url.port());
        place.urls().iter().position(|url| port_of(url) == port)
    })
    .await
}

/// Two of three nodes are frozen: nothing can be committed until one of them is back, and nothing is lost.
pub(crate) async fn quorum(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let options = place.options().max_connections(CONNECTIONS).connect_timeout(Duration::from_secs(2));
    let db = options.statement_timeout(Duration::from_secs(2)).connect().await?;
    Watch::prepare(&db).await?;
    let bank = Arc::new(Bank::new(&db, 10, plan.seed).await?.retrying(patient()));
    let load = Load::on(&bank, &db, TASKS);
    sleep(Duration::from_secs(1)).await;
    let primary = writer(cluster, &db, &place).await?;
    let others: Vec<usize> = (0..3).filter(|node| *node != primary).map(|node| node + 1).collect();
    for node in &others {
        cluster.freeze(*node).await?;
    }
    // What was sent before that may still be answered.
    sleep(Duration::from_secs(1)).await;
    let frozen = Instant::now();
    sleep(Duration::from_secs(plan.share(10, 6))).await;
    let meanwhile = bank.acknowledged_after(frozen);
    for node in &others {
        cluster.thaw(*node).await?;
    }
    let thawed = Instant::now();
    let watches: Vec<Watch> = place.urls().iter().map(|url| Watch::over(url)).collect();
    let accepts = wait_for("a node takes writes again", PATIENCE, async || {
        watches.iter().filter_map(Watch::since).min()
    })
    .await?;
    let first = wait_for("a transfer", PATIENCE, async || bank.acknowledged_after(thawed)).await?;
    let mut found = Found::tried("2 of 3 frozen");
    found.took("first commit after", first.saturating_duration_since(accepts));
    found.check(meanwhile.is_none(), || "something was acknowledged without a majority".to_owned());
    sleep(Duration::from_secs(1)).await;
    let report = load.end().await?;
    // A deadline that is missed may end a transfer here.
    found.check(report.other.is_empty() && report.committed > 0, || format!("{report:?}"));
    found.tried.push(format!("{} transfers", report.committed));
    found.tried.push(format!("{} doubtful", report.doubtful));
    found.tried.push(format!("{} late", report.late));
    place.verify(&bank, &mut found).await?;
    db.authenticate().await?;
    db.close().await?;
    place.remove().await;
    Ok(found)
}

/// Two nodes change the same rows at the same time: each in turn loses, and runs its transfer again.
pub(crate) async fn conflicts(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let node = Db::connect(&place.urls()[0]).await?;
    let is_group = !cluster.takes_writes_everywhere();
    if is_group {
        node.execute("SELECT group_replication_switch_to_multi_primary_mode()", ()).await?;
    }
    let (one, other) = (Db::connect(&place.urls()[0]).await?, Db::connect(&place.urls()[1]).await?);
    let bank = Arc::new(Bank::new(&one, 4, plan.seed).await?.retrying(patient()));
    wait_for("the accounts are at the other node", PATIENCE, async || {
        let count = other.query_as::<u64>("SELECT COUNT(*) FROM bank_accounts", ()).await;
        count.is_ok_and(|count| count == [4]).then_some(())
    })
    .await?;
    let transfers = plan.share(10_000, 300);
    let run = |db| bank.run(db, TASKS, Length::Transfers(transfers));
    let mut found = Found::tried(format!("2 × {transfers} transfers at two nodes"));
    let (report, another) = tokio::join!(run(&one), run(&other));
    for (report, db) in [(report?, one), (another?, other)] {
        found.took("transfer", report.longest);
        found.check(report.went_well() && report.doubtful == 0, || format!("{report:?}"));
        // What was committed at the other one may still be on its way.
        found.books(wait_for("the books are right", PATIENCE, async || bank.verify(&db).await.ok()).await);
        db.close().await?;
    }
    if is_group {
        node.execute("SELECT group_replication_switch_to_single_primary_mode(@@server_uuid)", ()).await?;
    }
    node.close().await?;
    place.remove().await;
    Ok(found)
}
