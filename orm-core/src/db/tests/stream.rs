//! Streams: who has to wait for them, and what becomes of those that nobody reads to the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use super::journal::Journal;
use super::place::{ACCOUNTS, Place, assert_ended, balances, bank, one, places, run, servers, transfer};
use super::proxy::Proxy;
use crate::db::{Db, DbOptions, Executor, Streaming};
use crate::driver::{Cells, Flow, RowSink};
use crate::error::{Error, Operation, Result};

/// Rows enough for many packets and batches.
const ROWS: usize = 60_000;

async fn fill(db: &Db) {
    run(db, "CREATE TABLE digits (d BIGINT NOT NULL)").await.unwrap();
    run(db, "INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)").await.unwrap();
    bank(db).await;
}

/// Counts rows, and lets them be seen one by one.
struct Counted(Arc<AtomicUsize>);

impl RowSink for Counted {
    fn row(&mut self, _cells: &mut dyn Cells) -> Result<Flow> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Flow::Pause)
    }
}

/// A stream of many rows and how many of them have come.
fn many(executor: &impl Executor) -> (Streaming<'_>, Arc<AtomicUsize>) {
    many_of(executor, "a.d")
}

fn many_of<'e>(executor: &'e impl Executor, column: &str) -> (Streaming<'e>, Arc<AtomicUsize>) {
    let rows = Arc::<AtomicUsize>::default();
    let sql = format!("SELECT {column} FROM digits a, digits b, digits c, digits d, digits e LIMIT {ROWS}");
    (executor.handle().stream(&ACCOUNTS, sql, Vec::new(), Counted(Arc::clone(&rows))), rows)
}

/// Reads so many rows; the number that came when it was at its end.
async fn read(stream: &mut Streaming<'_>, rows: &AtomicUsize, most: usize) -> Result<usize> {
    let target = rows.load(Ordering::Relaxed) + most;
    std::future::poll_fn(|context| {
        let end = stream.poll(context);
        let count = rows.load(Ordering::Relaxed);
        match end {
            Poll::Ready(end) => Poll::Ready(end.map(|_| count)),
            Poll::Pending if count >= target => Poll::Ready(Ok(count)),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_stream_keeps_others_out_until_it_is_read() {
    for place in places().await {
        let db = place.db().await;
        fill(&db).await;
        let tx = db.begin().await.unwrap();
        let (mut stream, rows) = many(&tx);
        // Nothing is sent before it is polled.
        run(&tx, "SELECT 1").await.unwrap();
        read(&mut stream, &rows, 1).await.unwrap();
        assert!(matches!(run(&tx, "SELECT 1").await, Err(Error::ConnectionBusy)));
        let (mut other, none) = many(&tx);
        assert!(matches!(read(&mut other, &none, 1).await, Err(Error::ConnectionBusy)));
        // The one that was refused takes nothing from the other.
        drop(other);
        assert!(matches!(run(&tx, "SELECT 1").await, Err(Error::ConnectionBusy)));
        assert_eq!(read(&mut stream, &rows, usize::MAX / 2).await.unwrap(), ROWS, "{}", place.url);
        transfer(&tx).await.unwrap();
        drop(stream);
        tx.commit().await.unwrap();
        assert_eq!(balances(&db).await, ["90", "110"]);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_half_way_a_transaction_goes_on() {
    for place in places().await {
        let db = place.options().max_connections(1).connect().await.unwrap();
        fill(&db).await;
        let connection = place.connection(&db).await;
        for most in [1, 2, 63, 64, 65, 500, ROWS - 1] {
            let before = balances(&db).await;
            let tx = db.begin().await.unwrap();
            run(&tx, "UPDATE accounts SET balance = balance - 1 WHERE id = 1").await.unwrap();
            for _ in 0..2 {
                let (mut stream, rows) = many(&tx);
                read(&mut stream, &rows, most).await.unwrap();
                drop(stream);
                assert_eq!(one(&tx, "SELECT 7").await, "7", "{}: {most}", place.url);
            }
            let (mut stream, rows) = many(&tx);
            read(&mut stream, &rows, most).await.unwrap();
            drop(stream);
            // The end of it can be the very next thing, either way.
            if most % 2 == 1 {
                tx.commit().await.unwrap_or_else(|error| panic!("{}: {most}: {error}", place.url));
                assert_ne!(balances(&db).await, before);
            } else {
                tx.rollback().await.unwrap_or_else(|error| panic!("{}: {most}: {error}", place.url));
                assert_eq!(balances(&db).await, before);
            }
            assert_eq!(place.connection(&db).await, connection, "{}: {most}", place.url);
        }
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn those_in_line_behind_it_get_their_turn() {
    for place in places().await {
        let db = place.db().await;
        fill(&db).await;
        let tx = db.begin().await.unwrap();
        let journal = Journal::start();
        let (mut stream, rows) = many(&tx);
        let reader = async {
            read(&mut stream, &rows, 3).await.unwrap();
            drop(stream);
        };
        // All stand behind a lease, before anybody knows that one of them is a stream.
        let lease = tx.handle().lease().await.unwrap();
        let release = async move {
            tokio::task::yield_now().await;
            drop(lease);
        };
        let ((), (), first, second) =
            tokio::join!(release, reader, run(&tx, "SELECT 1"), run(&tx, "SELECT 2"));
        assert!(first.is_ok() && second.is_ok(), "{}: {first:?} {second:?}", place.url);
        tx.commit().await.unwrap();
        let statements = journal.statements();
        assert!(statements[0].contains("digits") && statements.len() == 4, "{}: {statements:?}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

/// Whether a connection is free soon, and nothing of the transaction is left.
async fn assert_undone(db: &Db, place: &Place) {
    let started = Instant::now();
    assert_eq!(balances(db).await, ["100", "100"], "{}", place.url);
    db.transaction(transfer).await.unwrap_or_else(|error| panic!("{}: {error}", place.url));
    assert!(started.elapsed() < Duration::from_secs(4), "{}: {:?}", place.url, started.elapsed());
}

#[tokio::test]
async fn dropped_with_its_transaction_nobody_reads_the_rest() {
    for place in places().await {
        let db = place.options().max_connections(1).connect().await.unwrap();
        fill(&db).await;
        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        let (mut stream, rows) = many(&tx);
        read(&mut stream, &rows, 3).await.unwrap();
        drop(stream);
        drop(tx);
        assert_undone(&db, &place).await;
        db.close().await.unwrap();
        place.end().await;
    }
}

#[test]
fn dropped_outside_of_a_runtime_its_transaction_is_over() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for place in runtime.block_on(places()) {
        let db = runtime.block_on(place.options().max_connections(1).connect()).unwrap();
        let tx = runtime.block_on(async {
            fill(&db).await;
            db.begin().await.unwrap()
        });
        let (mut stream, rows) = many(&tx);
        runtime.block_on(async {
            transfer(&tx).await.unwrap();
            read(&mut stream, &rows, 3).await.unwrap();
        });
        drop(stream);
        runtime.block_on(async {
            assert_ended(run(&tx, "SELECT 1").await);
            assert_ended(tx.commit().await);
            assert_undone(&db, &place).await;
            db.close().await.unwrap();
            place.end().await;
        });
    }
}

#[tokio::test]
async fn the_rest_has_a_deadline() {
    for place in servers().await {
        let proxy = Proxy::to(&place).await;
        let options =
            DbOptions::new(&proxy.url).max_connections(1).acquire_timeout(Duration::from_millis(100));
        let db = options.connect_timeout(Duration::from_millis(500)).connect().await.unwrap();
        fill(&db).await;
        let tx = db.begin().await.unwrap();
        transfer(&tx).await.unwrap();
        // More than all buffers on the way can hold.
        let (mut stream, rows) = many_of(&tx, "REPEAT('x', 2000)");
        read(&mut stream, &rows, 3).await.unwrap();
        proxy.hold_answers();
        drop(stream);
        let waited = run(&tx, "SELECT 1").await;
        assert!(matches!(waited, Err(Error::Timeout { operation: Operation::Acquire, .. })), "{waited:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_ended(run(&tx, "SELECT 1").await);
        proxy.let_go();
        drop(tx);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn outside_of_a_transaction_the_pool_stays_whole() {
    for place in places().await {
        let db = place.options().max_connections(1).connect().await.unwrap();
        fill(&db).await;
        for most in [1, 64, 500] {
            let (mut stream, rows) = many(&db);
            read(&mut stream, &rows, most).await.unwrap();
            drop(stream);
            assert_eq!(one(&db, "SELECT 7").await, "7", "{}: {most}", place.url);
        }
        assert_undone(&db, &place).await;
        db.close().await.unwrap();
        place.end().await;
    }
}
