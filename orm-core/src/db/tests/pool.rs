//! The pool: what is used again, what is thrown away, and how long anybody waits.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::fake::{Fake, Server, connect, options, run, run_into};
use crate::db::{Call, CallStatement, Db, Executor as _};
use crate::driver::{Cells, Flow, NoRows, RowSink};
use crate::error::{Error, Operation, Result};

#[tokio::test]
async fn the_warmest_connection_is_used_again() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().min_connections(3)).await;
    for _ in 0..20 {
        run(&db, "select").await.unwrap();
    }
    assert_eq!(server.opened(), 3);
    let journal = server.journal();
    assert!(journal.iter().all(|line| *line == journal[0]), "{journal:?}");
}

#[tokio::test]
async fn a_full_pool_is_an_error_after_the_deadline() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().max_connections(2)).await;
    let one = db.handle().lease().await.unwrap();
    let two = db.begin().await.unwrap();
    let error = run(&db, "select").await.unwrap_err();
    assert!(
        matches!(error, Error::PoolExhausted { size: 2, after } if after == Duration::from_millis(200)),
        "{error:?}"
    );
    drop((one, two));
    run(&db, "select").await.unwrap();
    assert_eq!(server.opened(), 2);
}

#[tokio::test]
async fn the_database_may_want_fewer_connections() {
    let server = Arc::new(Server { size: Some(1), ..Server::default() });
    let db = connect(&server, options().max_connections(20).min_connections(5)).await;
    assert_eq!(server.opened(), 1);
    let _one = db.handle().lease().await.unwrap();
    assert!(matches!(run(&db, "select").await, Err(Error::PoolExhausted { size: 1, .. })));
}

#[tokio::test]
async fn connecting_has_a_deadline() {
    let server = Arc::new(Server::default());
    server.deaf.store(true, Ordering::SeqCst);
    let deadline = Duration::from_millis(20);
    let error = options().connect_timeout(deadline).open(Arc::new(Fake(server))).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { operation: Operation::Connect, after } if after == deadline));
}

#[tokio::test]
async fn a_statement_that_misses_its_deadline_costs_its_connection() {
    for survives in [false, true] {
        let server = Arc::new(Server { survives, ..Server::default() });
        let db =
            connect(&server, options().max_connections(1).statement_timeout(Duration::from_millis(20))).await;
        let error = run(&db, "hang").await.unwrap_err();
        assert!(matches!(error, Error::Timeout { operation: Operation::Statement, .. }), "{error:?}");
        run(&db, "after").await.unwrap();
        let expected: &[&str] = if survives {
            &["1: hang", "1: ROLLBACK", "1: after"]
        } else {
            &["1: hang", "1: abandoned", "1: gone", "2: after"]
        };
        assert_eq!(server.journal(), expected);
    }
}

/// Asks for a pause after each row.
struct Slow;

impl RowSink for Slow {
    fn row(&mut self, _cells: &mut dyn Cells) -> Result<Flow> {
        Ok(Flow::Pause)
    }
}

#[tokio::test]
async fn the_time_of_a_streams_reader_does_not_count() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().statement_timeout(Duration::from_millis(50))).await;
    let mut sink = Slow;
    let mut stream = Box::pin(run_into(&db, "rows", &mut sink));
    let mut steps = 0;
    let result = loop {
        let mut context = Context::from_waker(Waker::noop());
        match stream.as_mut().poll(&mut context) {
            Poll::Ready(result) => break result,
            Poll::Pending => steps += 1,
        }
        tokio::time::sleep(Duration::from_millis(80)).await;
    };
    result.unwrap();
    assert_eq!(steps, 3);
}

#[tokio::test]
async fn a_touched_session_is_reset_before_it_is_used_again() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options()).await;
    db.handle().lease().await.unwrap().touch();
    run(&db, "a").await.unwrap();
    run(&db, "b").await.unwrap();
    assert_eq!(server.journal(), ["1: RESET", "1: a", "1: b"]);
}

#[tokio::test]
async fn one_lost_connection_makes_the_others_be_asked() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().min_connections(3)).await;
    server.restart();
    assert!(matches!(run(&db, "a").await, Err(Error::ConnectionLost(_))));
    run(&db, "b").await.expect("the second one must find a good connection");
    let lines: Vec<_> = server.journal().into_iter().filter(|line| !line.ends_with("gone")).collect();
    assert_eq!(lines, ["4: b"]);
}

#[tokio::test]
async fn closing_says_good_bye_and_refuses() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().min_connections(2)).await;
    let tx = db.begin().await.unwrap();
    let clone = db.clone();
    clone.close().await.unwrap();
    clone.close().await.unwrap();
    assert_eq!(server.journal(), ["2: BEGIN", "1: bye", "1: gone"]);
    assert!(matches!(run(&db, "select").await, Err(Error::Closed)));
    assert!(matches!(db.begin().await, Err(Error::Closed)));
    assert!(matches!(db.authenticate().await, Err(Error::Closed)));
    run(&tx, "insert").await.unwrap();
    tx.commit().await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(server.journal(), ["2: insert", "2: COMMIT", "2: bye", "2: gone"]);
}

#[tokio::test]
async fn waiting_ends_when_the_db_is_closed() {
    let server = Arc::new(Server::default());
    let db = connect(&server, options().max_connections(1)).await;
    let lease = db.handle().lease().await.unwrap();
    let (waited, ()) = tokio::join!(run(&db, "select"), async { db.close().await.unwrap() });
    assert!(matches!(waited, Err(Error::Closed)));
    drop(lease);
}

#[tokio::test]
async fn fixed_texts_are_rendered_once() {
    use crate::driver::FixedId;
    static ID: FixedId = FixedId::new();
    let server = Arc::new(Server::default());
    let db = connect(&server, options()).await;
    let rendered = std::sync::atomic::AtomicUsize::new(0);
    let render = |_: &dyn crate::sql::Dialect| format!("fixed {}", rendered.fetch_add(1, Ordering::SeqCst));
    for _ in 0..3 {
        let call = Call { table: None, statement: CallStatement::Fixed(&ID, &render) };
        db.handle().run(call, Vec::new(), &mut NoRows).await.unwrap();
    }
    assert_eq!(server.journal(), ["1: fixed 0"; 3]);
}

/// Everything that a caller can do, so that it can be cut anywhere.
async fn all(db: &Db) -> Result<()> {
    run(db, "select").await?;
    db.transaction(async |tx| {
        run(tx, "insert").await?;
        run(tx, "insert").await
    })
    .await?;
    let tx = db.begin().await?;
    run(&tx, "insert").await?;
    tx.rollback().await?;
    let mut lease = db.handle().lease().await?;
    lease.touch();
    let call = Call { table: None, statement: CallStatement::Dynamic("set") };
    lease.run(call, Vec::new(), &mut NoRows).await?;
    drop(lease);
    run(db, "select").await?;
    Ok(())
}

#[tokio::test]
async fn a_future_dropped_at_any_point_leaves_nothing_behind() {
    for (survives, size) in [(false, 1), (false, 2), (true, 1)] {
        for cut in 0.. {
            let server = Arc::new(Server { survives, ..Server::default() });
            server.yields.store(2, Ordering::SeqCst);
            let db = connect(&server, options().max_connections(size)).await;
            let mut future = Box::pin(all(&db));
            let mut ended = false;
            for _ in 0..cut {
                let mut context = Context::from_waker(Waker::noop());
                if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
                    result.unwrap();
                    ended = true;
                    break;
                }
            }
            drop(future);
            // No slot is lost, and no connection has an open transaction, an unread reply or a changed session.
            let mut leases = Vec::new();
            for _ in 0..size {
                leases.push(db.handle().lease().await.unwrap());
            }
            for lease in &mut leases {
                let probe = Call { table: None, statement: CallStatement::Dynamic("probe") };
                lease.run(probe, Vec::new(), &mut NoRows).await.unwrap();
            }
            drop(leases);
            let journal = server.journal();
            for bad in ["OUT OF STEP", "NOT CLEAN"] {
                assert!(!journal.contains(&bad.to_owned()), "cut at poll {cut}: {journal:?}");
            }
            if survives {
                assert_eq!(server.opened(), 1, "cut at poll {cut}: the database in memory was lost");
            }
            if ended {
                assert!(cut > 30, "the sweep was too short: {cut}");
                break;
            }
        }
    }
}
