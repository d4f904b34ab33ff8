//! How often a pool connects, and after which pauses.

use std::time::{Duration, Instant};

use super::journal::Journal;
use super::place::{places, run};
use super::stub::Stub;
use crate::db::metrics::TARGET;
use crate::db::{DbOptions, Executor as _};
use crate::error::{Error, Operation};

fn options() -> DbOptions {
    DbOptions::new("").max_connects_per_second(10_000)
}

#[tokio::test]
async fn after_a_failure_the_next_attempt_pauses() {
    let Some(stub) = Stub::new(None).await else { return };
    let db = stub.db(options()).await.unwrap();
    let _lease = db.handle().lease().await.unwrap();
    // What somebody has to do something about is told at once; what may pass by itself is not tried again in a hurry.
    let denied = || Error::AccessDenied { user: "nobody".into() };
    let refused = || Error::ConnectionRefused("nobody answers".into());
    let mut times = Vec::new();
    for error in [denied, refused] as [fn() -> Error; 2] {
        stub.refuse(Some(error));
        let (started, before) = (Instant::now(), stub.attempts());
        for _ in 0..8 {
            let error = db.begin().await.unwrap_err();
            assert!(matches!(error, Error::AccessDenied { .. } | Error::ConnectionRefused(_)), "{error:?}");
        }
        assert_eq!(stub.attempts() - before, 8);
        times.push(started.elapsed());
    }
    // The pauses are up to 20, 40, .., 1000 ms, at random.
    assert!(times[1] > Duration::from_millis(50), "{times:?}");
    assert_eq!(db.pool_metrics().connect_failures, 16);
    // The first success is the end of it.
    stub.refuse(None);
    let started = Instant::now();
    let leases = [db.handle().lease().await, db.handle().lease().await, db.handle().lease().await];
    assert!(leases.iter().all(Result::is_ok));
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(db.pool_metrics().connects, 4);
}

#[tokio::test]
async fn pauses_end_before_the_connect_deadline() {
    let Some(stub) = Stub::new(None).await else { return };
    let db = stub.db(options().connect_timeout(Duration::from_millis(200))).await.unwrap();
    let _lease = db.handle().lease().await.unwrap();
    stub.refuse(Some(|| Error::ConnectionRefused("nobody answers".into())));
    for _ in 0..12 {
        let error = db.begin().await.unwrap_err();
        assert!(matches!(error, Error::ConnectionRefused(_)), "{error:?}");
    }
}

#[tokio::test]
async fn beyond_a_whole_pool_connections_are_opened_one_by_one() {
    let Some(stub) = Stub::new(None).await else { return };
    // Each is too old when it comes back.
    let options =
        options().max_connections(4).max_connects_per_second(50).max_lifetime(Duration::from_nanos(1));
    let started = Instant::now();
    let db = stub.db(options).await.unwrap();
    for _ in 0..12 {
        drop(db.handle().lease().await.unwrap());
        // Each may be a step ahead at most.
        let allowed = 4 + started.elapsed().as_millis() / 20 + 1;
        assert!(u128::from(db.pool_metrics().connects) <= allowed, "{:?}", db.pool_metrics());
    }
    assert!(db.pool_metrics().connects > 10, "{:?}", db.pool_metrics());
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let Some(stub) = Stub::new(None).await else { return };
    let error = stub.db(options().max_connects_per_second(0)).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
}

#[tokio::test]
async fn the_events_say_what_happens() {
    let journal = Journal::of(TARGET);
    tell_all(|wanted| assert_heard(&journal, wanted)).await;
}

fn assert_heard(journal: &Journal, wanted: &[&str]) {
    let events = journal.events();
    assert_eq!(events.len(), wanted.len(), "{events:#?}");
    for (event, wanted) in events.iter().zip(wanted) {
        assert!(wanted.split('|').all(|part| event.contains(part)), "{wanted}: {event}");
    }
}

/// Does something of each kind, and says what is to be heard of it.
async fn tell_all(heard: impl Fn(&[&str])) {
    let Some(stub) = Stub::new(None).await else { return };
    let options = options().max_connections(2).acquire_timeout(Duration::from_millis(20));
    let db = stub.db(options).await.unwrap();
    heard(&["DEBUG|backend=\"sqlite\"|a connection was opened|max=2 open=1"]);
    let tx = db.begin().await.unwrap();
    stub.refuse(Some(|| Error::Timeout { operation: Operation::Connect, after: Duration::ZERO }));
    db.begin().await.unwrap_err();
    heard(&["WARN|could not be opened|open=1|in_use=1|connect_failures=1|error=connecting took longer"]);
    stub.refuse(None);
    let lease = db.handle().lease().await.unwrap();
    run(&db, "SELECT 1").await.unwrap_err();
    heard(&[
        "DEBUG|opened",
        "DEBUG|a call waits|waits=1",
        "WARN|got no connection in time|timeouts=1|waiting=0",
    ]);
    drop((lease, tx));
    db.close().await.unwrap();
    heard(&["DEBUG|was closed|closed=1|reason=\"its Db was closed\"", "DEBUG|was closed|open=0|closed=2"]);
}

#[tokio::test]
async fn an_idle_pool_says_nothing_and_a_warm_one_neither() {
    for place in places().await {
        let db = place.db().await;
        run(&db, "SELECT 1").await.unwrap();
        let journal = Journal::of(TARGET);
        for _ in 0..3 {
            run(&db, "SELECT 1").await.unwrap();
        }
        assert_eq!(journal.events(), [""; 0], "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}
