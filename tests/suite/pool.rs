//! The pool, as an application sees it: its numbers, how long connections live, and what an error says of those who hold them.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![
    metrics_count_what_happens,
    an_exhausted_pool_names_those_who_hold_it,
    a_stream_holds_a_connection_too,
    old_connections_are_replaced,
    idle_connections_go_down_to_the_fewest,
    memory_stays,
    killed_idle_connections_are_replaced,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Berth {
    id: u64,
    name: String,
}

/// Waits until it is so.
async fn until(what: impl AsyncFn() -> Result<bool, Error>) -> Outcome {
    let started = Instant::now();
    while !what().await? {
        check!(started.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn metrics_count_what_happens(fixture: &Fixture) -> Outcome {
    let options = fixture.options().max_connections(2).acquire_timeout(Duration::from_millis(100));
    let db = options.connect().await?;
    Berth::sync(&db).await?;
    let start = db.pool_metrics();
    check_eq!((start.max, start.open, start.idle, start.in_use, start.waiting), (2, 1, 1, 0, 0));
    check_eq!((start.waits, start.timeouts, start.connects), (0, 0, 1));
    check_eq!((start.connect_failures, start.closed), (0, 0));
    Berth::find().count(&db).await?;
    check_eq!(db.pool_metrics(), start);

    let one = db.begin().await?;
    let metrics = db.pool_metrics();
    check_eq!((metrics.open, metrics.idle, metrics.in_use), (1, 0, 1));
    // A second transaction of SQLite would wait for the first one's lock.
    if !fixture.is_sqlite() {
        let other = db.begin().await?;
        check_eq!((db.pool_metrics().open, db.pool_metrics().in_use), (2, 2));
        check_matches!(Berth::find().count(&db).await, Err(Error::PoolExhausted { size: 2, .. }));
        let metrics = db.pool_metrics();
        check_eq!((metrics.waits, metrics.timeouts, metrics.waiting), (1, 1, 0));
        let (count, ()) = tokio::join!(Berth::find().count(&db), async {
            let _ = until(async || Ok(db.pool_metrics().waiting == 1)).await;
            drop(one);
        });
        check_eq!(count?, 0);
        check_eq!((db.pool_metrics().waits, db.pool_metrics().timeouts), (2, 1));
        other.rollback().await?;
    } else {
        one.rollback().await?;
    }
    until(async || Ok(db.pool_metrics().in_use == 0)).await?;
    db.close().await?;
    let end = db.pool_metrics();
    check_eq!((end.open, end.closed), (0, end.connects));
    Ok(())
}

async fn an_exhausted_pool_names_those_who_hold_it(fixture: &Fixture) -> Outcome {
    let options = fixture.options().max_connections(1).acquire_timeout(Duration::from_millis(100));
    let db = options.connect().await?;
    Berth::sync(&db).await?;
    let tx = db.begin().await?;
    let error = Berth::find().count(&db).await.map(drop).expect_err("the pool is taken");
    let text = error.to_string();
    let Error::PoolExhausted { size: 1, holders, .. } = error else { return Err(text.into()) };
    let named = |holders: &str| {
        Some(holders.strip_prefix("transaction ")?.split_once(" for ")?.0.parse::<u64>().is_ok())
    };
    check_eq!(named(&holders), Some(true));
    check_eq!(text, format!("no connection came free within 100ms: all 1 are in use ({holders})"));
    tx.commit().await?;
    Ok(())
}

async fn a_stream_holds_a_connection_too(fixture: &Fixture) -> Outcome {
    let options = fixture.options().max_connections(1).acquire_timeout(Duration::from_millis(100));
    let db = options.connect().await?;
    Berth::sync(&db).await?;
    Berth::bulk_create(&db, (0..2000).map(|n| Berth::build().name(format!("berth {n}")))).await?;
    db.transaction(async |tx| Berth::find().count(tx).await).await?;
    let mut stream = std::pin::pin!(Berth::find().stream(&db));
    check!(stream.try_next().await?.is_some());
    let error = Berth::find().count(&db).await.map(drop).expect_err("the pool is taken");
    let Error::PoolExhausted { holders, .. } = error else { return Err(error.into()) };
    check!(holders.starts_with("a statement or stream for "), "{holders}");
    Ok(())
}

async fn old_connections_are_replaced(fixture: &Fixture) -> Outcome {
    let options = fixture.options().max_connections(1).max_lifetime(Duration::from_millis(150));
    let db = options.connect().await?;
    Berth::sync(&db).await?;
    for n in 1..=3 {
        tokio::time::sleep(Duration::from_millis(160)).await;
        let before = db.pool_metrics();
        let berth = Berth::build().name("a").save(&db).await?;
        check_eq!(berth.id, n);
        let after = db.pool_metrics();
        check!(after.closed > before.closed && after.open == 1, "{after:?}");
        check_eq!(after.connects - after.closed, 1);
    }
    db.close().await?;
    Ok(())
}

async fn idle_connections_go_down_to_the_fewest(fixture: &Fixture) -> Outcome {
    let options = fixture.options().min_connections(2).max_connections(6);
    let db = options.idle_timeout(Duration::from_millis(100)).connect().await?;
    Berth::sync(&db).await?;
    Berth::bulk_create(&db, (0..2000).map(|n| Berth::build().name(format!("berth {n}")))).await?;
    // Each stream has a connection until it is read to its end.
    let mut streams: Vec<_> = (0..4).map(|_| Box::pin(Berth::find().stream(&db))).collect();
    for stream in &mut streams {
        check!(stream.try_next().await?.is_some());
    }
    check_eq!(db.pool_metrics().in_use, 4);
    for stream in streams {
        check_eq!(stream.try_collect::<Vec<_>>().await?.len(), 1999);
    }
    until(async || Ok(db.pool_metrics().open == 2)).await?;
    check_eq!(Berth::find().count(&db).await?, 2000);
    db.close().await?;
    Ok(())
}

/// Its connection is the database. A behaviour of SQLite alone: no other has databases in memory.
async fn memory_stays(fixture: &Fixture) -> Outcome {
    if !fixture.is_sqlite() {
        return Ok(());
    }
    let short = Duration::from_millis(1);
    let db = DbOptions::new("sqlite::memory:").idle_timeout(short).max_lifetime(short).connect().await?;
    Berth::sync(&db).await?;
    Berth::build().name("a").save(&db).await?;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    check_eq!(Berth::find().count(&db).await?, 1);
    check_eq!((db.pool_metrics().connects, db.pool_metrics().closed), (1, 0));
    db.close().await?;
    Ok(())
}

/// A server can end connections; on SQLite nobody else can.
async fn killed_idle_connections_are_replaced(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        return Ok(());
    }
    let db = fixture.options().min_connections(3).connect().await?;
    Berth::sync(&db).await?;
    let list =
        "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()";
    let killer = &fixture.db;
    for _ in 0..2 {
        for id in killer.query_as::<u64>(list, ()).await? {
            // It may be gone already.
            killer.execute(TrustedSql(format!("KILL {id}")), ()).await.ok();
        }
        until(async || Ok(killer.query_as::<u64>(list, ()).await?.is_empty())).await?;
        // Nothing was done yet, so that another connection is as good.
        let berth = db.transaction(async |tx| Berth::build().name("a").save(tx).await).await?;
        // And the others of that time are looked at first.
        check_eq!(Berth::find_by_id(&db, berth.id).await?, Some(berth));
        let all = futures_util::future::try_join_all((0..6).map(|_| Berth::find().count(&db))).await?;
        check_eq!(all.len(), 6);
    }
    let metrics = db.pool_metrics();
    check!(metrics.closed >= 3 && metrics.connects > metrics.closed, "{metrics:?}");
    check_eq!((metrics.connect_failures, metrics.timeouts), (0, 0));
    db.close().await?;
    Ok(())
}
