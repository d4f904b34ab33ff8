//! Many more tasks than connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use orm_core::prelude::*;
use tests::Outcome;
use tests::ledger::{Entry, Ledger};
use tests::observer::Observer;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::cluster::Cluster;
use crate::place::Place;
use crate::plan::Plan;
use crate::report::Found;

const TASKS: usize = 1_000;
const CONNECTIONS: usize = 10;
/// An insert, a count by condition, and one row by its key.
const STATEMENTS: u64 = 3;

/// A thousand tasks and ten connections.
pub(crate) async fn crowd(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let is_server = cluster.database() != "sqlite";
    let db = place.options().max_connections(CONNECTIONS).connect().await?;
    let ledger = Arc::new(Ledger::new(&db).await?);
    let observer = Observer::of(place.url()).await?;
    // The observer prepares statements as well: as many in these two steps as later.
    let (before, own) = if is_server {
        let first = observer.prepares().await?;
        observer.connections().await?;
        let second = observer.prepares().await?;
        (second, second - first)
    } else {
        (0, 0)
    };
    let rounds = plan.share(20, 3);
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (db, ledger) = (db.clone(), Arc::clone(&ledger));
        tasks.spawn(async move {
            let (mut longest, mut errors) = (Duration::ZERO, Vec::new());
            for _ in 0..rounds {
                let key = ledger.next();
                let begun = Instant::now();
                let result = async {
                    ledger.append(&db, key).await?;
                    Entry::find().filter(Entry::NUMBER.eq(key)).count(&db).await?;
                    Entry::find_by_id(&db, 1).await
                };
                if let Err(error) = result.await {
                    errors.push(error.to_string());
                }
                longest = longest.max(begun.elapsed());
            }
            (longest, errors)
        });
    }
    let over = Arc::new(AtomicBool::new(false));
    let until = Arc::clone(&over);
    let looking = tokio::spawn(async move {
        let mut most = 0;
        while !until.load(Ordering::Relaxed) {
            most = most.max(observer.connections().await?.len());
            sleep(Duration::from_millis(20)).await;
        }
        Outcome::Ok((most, observer))
    });
    let mut found = Found::tried(format!("{TASKS} tasks × {rounds} × {STATEMENTS} statements"));
    while let Some(task) = tasks.join_next().await {
        let (longest, errors) = task?;
        found.took("three statements", longest);
        found.faults.extend(errors);
    }
    over.store(true, Ordering::Relaxed);
    let (most, observer) = looking.await??;
    found.check(most <= CONNECTIONS, || format!("{most} connections"));
    if is_server {
        let prepares = observer.prepares().await? - before - own;
        let allowed = STATEMENTS * CONNECTIONS as u64;
        found.tried.push(format!("{most} connections at most"));
        found.tried.push(format!("{prepares} prepares"));
        found.check(prepares <= allowed, || format!("{prepares} prepares, not {allowed}"));
    }
    observer.close().await?;
    found.books(ledger.verify(&db).await);
    db.close().await?;
    place.remove().await;
    Ok(found)
}
