//! The pool: what is used again, what is thrown away, and how long anybody waits.

use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::place::{Kept, ask, balances, bank, embedded, foreign, one, places, run, servers, transfer};
use super::stub::Stub;
use crate::db::{Call, CallStatement, Db, DbOptions, Executor as _};
use crate::driver::{Cells, FixedId, Flow, NoRows, RowSink};
use crate::error::{Error, Operation, Result};

#[tokio::test]
async fn the_warmest_connection_is_used_again() {
    for place in places().await {
        let db = place.options().min_connections(3).connect().await.unwrap();
        let opened = if place.memory { 1 } else { 3 };
        assert_eq!(db.pool_metrics().open, opened, "{}", place.url);
        let connection = place.connection(&db).await;
        for _ in 0..20 {
            assert_eq!(place.connection(&db).await, connection, "{}", place.url);
        }
        assert_eq!(db.pool_metrics().open, opened, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn statements_stay_prepared() {
    for place in servers().await {
        let db = place.db().await;
        let prepared = "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'";
        ask(&db, prepared).await.unwrap();
        ask(&db, "SELECT 7").await.unwrap();
        let before = ask(&db, prepared).await.unwrap();
        for _ in 0..50 {
            ask(&db, "SELECT 7").await.unwrap();
        }
        assert_eq!(ask(&db, prepared).await.unwrap(), before, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_full_pool_is_an_error_after_the_deadline() {
    let deadline = Duration::from_millis(200);
    for place in places().await {
        // Memory is one connection, however many are asked for.
        let most = if place.memory { 20 } else { 2 };
        let options = place.options().acquire_timeout(deadline).max_connections(most).min_connections(5);
        let db = options.connect().await.unwrap();
        let all = if place.memory { 1 } else { 2 };
        assert_eq!(db.pool_metrics().open, all);
        let mut leases = Vec::new();
        for _ in 1..all {
            leases.push(db.handle().lease().await.unwrap());
        }
        let tx = db.begin().await.unwrap();
        let error = run(&db, "SELECT 1").await.unwrap_err();
        assert!(
            matches!(error, Error::PoolExhausted { size, after, .. } if size == all && after == deadline),
            "{}: {error:?}",
            place.url
        );
        drop((leases, tx));
        run(&db, "SELECT 1").await.unwrap();
        assert_eq!(db.pool_metrics().open, all);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn connecting_has_a_deadline() {
    let deadline = Duration::from_millis(50);
    let in_time = |error: Error| {
        assert!(
            matches!(error, Error::Timeout { operation: Operation::Connect, after } if after == deadline)
        );
    };
    // Somebody listens there and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("mysql://root@{}/db", silent.local_addr().unwrap());
    match DbOptions::new(url).connect_timeout(deadline).connect().await.unwrap_err() {
        // The feature is off.
        Error::Configuration(_) => {}
        error => in_time(error),
    }
    // A file that another connection keeps for itself.
    for place in embedded().await.into_iter().filter(|place| !place.memory) {
        let db = place.options().max_connections(1).connect().await.unwrap();
        let mut lease = db.handle().lease().await.unwrap();
        for sql in ["PRAGMA locking_mode = EXCLUSIVE", "CREATE TABLE kept (id INTEGER)"] {
            let call = Call::text(sql);
            lease.run(&call, &mut NoRows).await.unwrap();
        }
        in_time(place.options().connect_timeout(deadline).connect().await.unwrap_err());
        drop(lease);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_given_up() {
    for place in places().await {
        let options = place.options().max_connections(1).statement_timeout(Duration::from_millis(200));
        let db = options.connect().await.unwrap();
        bank(&db).await;
        let connection = place.connection(&db).await;
        let started = Instant::now();
        let error = ask(&db, place.long()).await.unwrap_err();
        assert!(matches!(error, Error::Timeout { operation: Operation::Statement, .. }), "{error:?}");
        assert_eq!(balances(&db).await, ["100", "100"], "{}: the data is still there", place.url);
        // A server's answer would come on the old connection; a thread of our own is interrupted instead.
        assert_eq!(place.connection(&db).await == connection, place.server.is_none(), "{}", place.url);
        assert_eq!(db.pool_metrics().open, 1);
        db.transaction(transfer).await.unwrap();
        assert!(started.elapsed() < Duration::from_secs(4), "{}: {:?}", place.url, started.elapsed());
        db.close().await.unwrap();
        place.end().await;
    }
}

/// Counts rows, and asks for a pause after each.
struct Slow<'r>(&'r AtomicUsize);

impl RowSink for Slow<'_> {
    fn row(&mut self, _cells: &mut dyn Cells) -> Result<Flow> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Flow::Pause)
    }
}

#[tokio::test]
async fn the_time_of_a_streams_reader_does_not_count() {
    for place in places().await {
        let db = place.options().statement_timeout(Duration::from_millis(150)).connect().await.unwrap();
        let call = Call {
            table: None,
            statement: CallStatement::Dynamic("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"),
            params: &[],
        };
        let rows = AtomicUsize::new(0);
        let mut sink = Slow(&rows);
        let mut stream = pin!(db.handle().run(&call, &mut sink));
        let mut seen = 0;
        let result = loop {
            // Until the next row, or the end.
            let step = std::future::poll_fn(|context| match stream.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                Poll::Pending if rows.load(Ordering::Relaxed) > seen => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            });
            if let Some(result) = step.await {
                break result;
            }
            seen += 1;
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        result.unwrap_or_else(|error| panic!("{}: {error}", place.url));
        assert_eq!(seen, 3, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_touched_session_is_reset_before_it_is_used_again() {
    for place in places().await {
        let db = place.options().max_connections(1).connect().await.unwrap();
        let (set, get, clean) = if place.server.is_some() {
            (
                "SET SESSION sql_mode = '', time_zone = '+05:00', @x = 1",
                "SELECT CONCAT(@@sql_mode <> '', @@time_zone, COALESCE(@x, 'gone'))",
                "1+00:00gone",
            )
        } else {
            ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys", "1")
        };
        db.handle().run(&foreign(set), &mut NoRows).await.unwrap();
        assert_eq!(one(&db, get).await, clean, "{}", place.url);
        // Only then: what our own statements change stays as it is.
        db.handle().run(&Call::text(set), &mut NoRows).await.unwrap();
        assert_ne!(one(&db, get).await, clean, "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn closing_says_good_bye_and_refuses() {
    for place in places().await.into_iter().filter(|place| !place.memory) {
        let db = place.options().min_connections(2).connect().await.unwrap();
        bank(&db).await;
        let tx = db.begin().await.unwrap();
        let clone = db.clone();
        clone.close().await.unwrap();
        clone.close().await.unwrap();
        assert_eq!(db.pool_metrics().open, 1, "the one in use");
        assert!(matches!(run(&db, "SELECT 1").await, Err(Error::Closed)));
        assert!(matches!(db.begin().await, Err(Error::Closed)));
        assert!(matches!(db.authenticate().await, Err(Error::Closed)));
        transfer(&tx).await.unwrap();
        tx.commit().await.unwrap();
        // The last one takes SQLite's log with it; a server has no connection left but the one that asks.
        let started = Instant::now();
        loop {
            let gone = match &place.folder {
                Some(folder) => !folder.join("test.db-wal").exists(),
                None => {
                    let own = place.db().await;
                    let count = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()";
                    let count = one(&own, count).await;
                    own.close().await.unwrap();
                    count == "1"
                }
            };
            if gone {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(10), "{}", place.url);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let own = place.db().await;
        assert_eq!(balances(&own).await, ["90", "110"], "{}", place.url);
        own.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn waiting_ends_when_the_db_is_closed() {
    for place in places().await {
        let db = place.options().max_connections(1).connect().await.unwrap();
        let lease = db.handle().lease().await.unwrap();
        let (waited, ()) = tokio::join!(run(&db, "SELECT 1"), async { db.close().await.unwrap() });
        assert!(matches!(waited, Err(Error::Closed)), "{}", place.url);
        drop(lease);
        place.end().await;
    }
}

/// Takes a connection, notes its number, and gives it back.
async fn note(db: &Db, number: usize, order: &Mutex<Vec<usize>>) {
    let lease = db.handle().lease().await.unwrap();
    order.lock().unwrap().push(number);
    drop(lease);
}

#[tokio::test]
async fn those_who_wait_come_in_the_order_in_which_they_came() {
    let Some(stub) = Stub::new(None).await else { return };
    let db = stub.db(DbOptions::new("").max_connections(1)).await.unwrap();
    let order = Mutex::default();
    let lease = db.handle().lease().await.unwrap();
    let mut waiting: Vec<_> = (0..5).map(|number| Box::pin(note(&db, number, &order))).collect();
    for one in &mut waiting {
        assert!(polled_once(one.as_mut()).is_pending());
    }
    assert_eq!(db.pool_metrics().waiting, 5);
    // One who gives up leaves the line, and so does one to whom the place was given already.
    drop(waiting.remove(2));
    drop(lease);
    drop(waiting.remove(0));
    assert_eq!(db.pool_metrics().waiting, 3);
    // Polled from the last to the first.
    while !waiting.is_empty() {
        for at in (0..waiting.len()).rev() {
            if polled_once(waiting[at].as_mut()).is_ready() {
                drop(waiting.remove(at));
            }
        }
    }
    // Who comes last overtakes nobody.
    note(&db, 9, &order).await;
    assert_eq!(*order.lock().unwrap(), [1, 3, 4, 9]);
    assert_eq!((db.pool_metrics().open, db.pool_metrics().waiting, stub.attempts()), (1, 0, 1));
}

/// Polls once.
fn polled_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn the_deadline_of_one_who_waits_needs_no_other_callers_runtime() {
    for place in places().await {
        let options = place.options().max_connections(1).acquire_timeout(Duration::from_millis(300));
        let db = options.connect().await.unwrap();
        let lease = db.handle().lease().await.unwrap();
        // The first who waits does so in a runtime that ends meanwhile.
        let first = db.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.spawn(async move { run(&first, "SELECT 1").await });
            runtime.block_on(tokio::task::yield_now());
        })
        .join()
        .unwrap();
        assert_eq!((db.pool_metrics().waits, db.pool_metrics().waiting), (1, 0), "{}", place.url);
        let started = Instant::now();
        let waited = run(&db, "SELECT 1").await;
        assert!(matches!(waited, Err(Error::PoolExhausted { .. })), "{}: {waited:?}", place.url);
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(3), "{took:?}");
        drop(lease);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn many_who_wait_are_sent_away_each_at_his_time() {
    let Some(stub) = Stub::new(None).await else { return };
    let patience = Duration::from_millis(400);
    let options = DbOptions::new("").max_connections(1).acquire_timeout(patience);
    let db = stub.db(options).await.unwrap();
    let lease = db.handle().lease().await.unwrap();
    let waiting: Vec<_> = (0..20)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(number * 20)).await;
                let started = Instant::now();
                let outcome = db.handle().lease().await.map(drop);
                (outcome, started.elapsed())
            })
        })
        .collect();
    for one in waiting {
        let (outcome, took) = one.await.unwrap();
        assert!(matches!(outcome, Err(Error::PoolExhausted { .. })), "{outcome:?}");
        assert!(took >= patience && took < patience * 5, "{took:?}");
    }
    assert_eq!((db.pool_metrics().timeouts, db.pool_metrics().waiting), (20, 0));
    drop(lease);
    db.handle().lease().await.unwrap();
}

#[tokio::test]
async fn fixed_texts_are_rendered_once() {
    static ID: FixedId = FixedId::new();
    for place in places().await {
        let db = place.db().await;
        let rendered = AtomicUsize::new(0);
        let render =
            |_: &dyn crate::sql::Dialect| format!("SELECT {}", rendered.fetch_add(1, Ordering::SeqCst));
        for _ in 0..3 {
            let mut kept = Kept::default();
            let call = Call { table: None, statement: CallStatement::Fixed(&ID, &render), params: &[] };
            db.handle().run(&call, &mut kept).await.unwrap();
            assert_eq!(kept.0, [["0"]], "{}", place.url);
        }
        db.close().await.unwrap();
        place.end().await;
    }
}
