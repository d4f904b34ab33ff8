//! How long connections live.

use std::time::{Duration, Instant};

use super::place::{one, places, run, servers};
use super::stub::Stub;
use crate::db::{Db, DbOptions, Executor as _};

/// Waits until it is so.
async fn until(db: &Db, what: impl Fn(&Db) -> bool) {
    let started = Instant::now();
    while !what(db) {
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", db.pool_metrics());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn idle_connections_are_closed_but_for_a_few() {
    for place in places().await {
        let options = place.options().min_connections(2).max_connections(5);
        let db = options.idle_timeout(Duration::from_millis(100)).connect().await.unwrap();
        let all = if place.memory { 1 } else { 5 };
        let mut leases = Vec::new();
        for _ in 0..all {
            leases.push(db.handle().lease().await.unwrap());
        }
        assert_eq!(db.pool_metrics().open, all, "{}", place.url);
        drop(leases);
        let left = all.min(2);
        until(&db, |db| db.pool_metrics().open == left).await;
        let metrics = db.pool_metrics();
        assert_eq!((metrics.open, metrics.idle), (left, left), "{}", place.url);
        assert_eq!(metrics.connects - metrics.closed, left as u64, "{}: {metrics:?}", place.url);
        // Those stay, until they are used.
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(db.pool_metrics().open, left, "{}", place.url);
        run(&db, "SELECT 1").await.unwrap();
        assert_eq!(db.pool_metrics().open, 1, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn old_connections_are_replaced_when_they_are_next_used() {
    for place in places().await {
        let options = place.options().idle_timeout(None).max_lifetime(Duration::from_millis(200));
        let db = options.connect().await.unwrap();
        let tx = db.begin().await.unwrap();
        let before = db.pool_metrics();
        tokio::time::sleep(Duration::from_millis(250)).await;
        // Not while somebody has it.
        assert_eq!(one(&tx, "SELECT 7").await, "7");
        tx.rollback().await.unwrap();
        assert_eq!(db.pool_metrics().closed, before.closed, "{}", place.url);
        assert_eq!(one(&db, "SELECT 7").await, "7");
        let (replaced, after) = (u64::from(!place.memory), db.pool_metrics());
        assert_eq!(after.closed - before.closed, replaced, "{}", place.url);
        assert_eq!(after.connects - before.connects, replaced, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_connection_is_not_used_when_its_server_may_have_ended_it() {
    let Some(stub) = Stub::new(Some(Duration::from_millis(1000))).await else { return };
    let options = DbOptions::new("").idle_timeout(None).max_lifetime(None);
    let db = stub.db(options).await.unwrap();
    run(&db, "SELECT 1").await.unwrap();
    assert_eq!(stub.attempts(), 1);
    tokio::time::sleep(Duration::from_millis(910)).await;
    run(&db, "SELECT 1").await.unwrap();
    assert_eq!(stub.attempts(), 2);
}

#[tokio::test]
async fn servers_say_how_long_a_connection_may_be_idle() {
    for place in servers().await {
        let db = place.db().await;
        let told = one(&db, "SELECT @@wait_timeout").await;
        let held = db.pool().acquire().await.unwrap();
        let limit = held.peek().idle_limit().map(|limit| limit.as_secs().to_string());
        assert_eq!(limit, Some(told), "{}", place.url);
        drop(held);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn the_sweep_ends_with_its_db() {
    let Some(stub) = Stub::new(None).await else { return };
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let db = stub.db(DbOptions::new("").idle_timeout(None).max_lifetime(None)).await.unwrap();
    assert_eq!(tasks(), before, "nothing to look for");
    drop(db);
    let db = stub.db(DbOptions::new("")).await.unwrap();
    assert_eq!(tasks(), before + 1);
    drop(db);
    let started = Instant::now();
    while tasks() > before {
        assert!(started.elapsed() < Duration::from_secs(10));
        tokio::task::yield_now().await;
    }
}
