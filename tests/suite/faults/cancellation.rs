//! Futures dropped at every poll: nothing of them is left on the server, in the pool or in the tables.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use orm_core::prelude::*;
use tests::cutter::{cut, sweep};
use tests::observer::Observer;
use tests::{Fixture, Outcome};

use super::every_poll::{MOST, Mark, Ran, SHEETS, Sheet, at_every_poll, mark, pools, sheets};
use super::{in_time, questions, serves};
use crate::{cases, check, check_eq};

cases![
    connecting,
    waiting_for_a_connection,
    a_statement,
    a_statement_that_would_take_long,
    begin,
    a_statement_in_a_transaction,
    a_stream,
    a_stream_in_a_transaction,
    several_statements_within_a_savepoint,
    a_bulk_insert_of_two_chunks,
    commit,
    rollback,
    a_transaction_by_closure,
];

async fn connecting(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    let observer = Observer::of(fixture.url()).await?;
    let (pools, _proxy) = pools(fixture).await?;
    for (options, size) in pools {
        sweep(MOST, async |polls| {
            let options = options.clone().max_connections(size).min_connections(size);
            let Some(db) = in_time(cut(polls, options.connect())).await?.transpose()? else {
                return Ok(false);
            };
            serves(&db, size).await?;
            db.close().await?;
            Ok(true)
        })
        .await?;
    }
    observer.wait_until_quiet(1).await?;
    observer.close().await
}

async fn waiting_for_a_connection(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    sheets(&fixture.db).await?;
    let db = fixture.options().max_connections(1).connect().await?;
    for handed_over in [false, true] {
        let tx = db.begin().await?;
        let mut waiting = Box::pin(mark(&db, 1));
        check!(poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending())).await);
        if handed_over {
            // To somebody who is about to leave.
            tx.rollback().await?;
            drop(waiting);
        } else {
            drop(waiting);
            tx.rollback().await?;
        }
        serves(&db, 1).await?;
    }
    check_eq!(Mark::find().count(&db).await?, 0);
    db.close().await?;
    Ok(())
}

async fn a_statement(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        Ok(match cut(polls, mark(db, number)).await.transpose()? {
            Some(()) => Ran::ended(&[1]),
            None => Ran::cut(&[0, 1]),
        })
    })
    .await
}

async fn a_statement_that_would_take_long(fixture: &Fixture) -> Outcome {
    let long = if fixture.is_sqlite() {
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900000000) SELECT MAX(i) FROM n"
    } else {
        "SELECT SLEEP(60)"
    };
    questions(&fixture.db).await?;
    sheets(&fixture.db).await?;
    let observer = Observer::of(fixture.url()).await?;
    let db = fixture.options().max_connections(2).connect().await?;
    for millis in [0, 0, 1, 1, 3, 10, 30, 100] {
        let deadline = Duration::from_millis(millis);
        let given_up = tokio::time::timeout(deadline, db.query_as::<Option<i64>>(long, ())).await;
        check!(given_up.is_err());
        let tx = db.begin().await?;
        mark(&tx, 1).await?;
        let given_up = tokio::time::timeout(deadline, tx.query_as::<Option<i64>>(long, ())).await;
        check!(given_up.is_err());
        drop(tx);
        // The pool waits for nothing that was given up, and neither do others for its locks.
        serves(&db, 2).await?;
    }
    check_eq!(in_time(Mark::find().everything().destroy(&db)).await??, 0);
    db.close().await?;
    observer.wait_until_quiet(1).await?;
    observer.close().await
}

async fn begin(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        let Some(tx) = cut(polls, db.begin()).await.transpose()? else { return Ok(Ran::cut(&[0])) };
        mark(&tx, number).await?;
        Ok(Ran::ended(&[0]))
    })
    .await
}

async fn a_statement_in_a_transaction(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        let tx = db.begin().await?;
        mark(&tx, number).await?;
        let ended = cut(polls, mark(&tx, number)).await.transpose()?.is_some();
        match (ended, tx.commit().await) {
            (true, Ok(())) => Ok(Ran::ended(&[2])),
            // Nobody knows what it did, so the transaction is over.
            (false, Err(Error::TransactionEnded(_))) => Ok(Ran::cut(&[0])),
            (_, other) => Err(unexpected(&other)),
        }
    })
    .await
}

async fn a_stream(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, _| {
        let sheets = cut(polls, Sheet::find().stream(db).try_collect::<Vec<_>>()).await.transpose()?;
        Ok(match sheets {
            Some(sheets) if sheets.len() == SHEETS => Ran::ended(&[0]),
            Some(sheets) => return Err(unexpected(&sheets.len())),
            None => Ran::cut(&[0]),
        })
    })
    .await
}

async fn a_stream_in_a_transaction(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        let tx = db.begin().await?;
        mark(&tx, number).await?;
        let sheets = cut(polls, Sheet::find().stream(&tx).try_collect::<Vec<_>>()).await.transpose()?;
        // What is left of it is read first, and the transaction goes on.
        mark(&tx, number).await?;
        tx.commit().await?;
        Ok(if sheets.is_some() { Ran::ended(&[2]) } else { Ran::cut(&[2]) })
    })
    .await
}

async fn several_statements_within_a_savepoint(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        let tx = db.begin().await?;
        mark(&tx, number).await?;
        let marks = || (0..2).map(|_| Mark::build().number(number));
        let sheet = Sheet::build().title("with marks").with_marks(marks());
        let ended = cut(polls, sheet.save(&tx)).await.transpose()?.is_some();
        match (ended, tx.commit().await) {
            (true, Ok(())) => Ok(Ran::ended(&[3])),
            (true, other) => Err(unexpected(&other)),
            // Between two statements: what is within the savepoint is undone.
            (false, Ok(())) => Ok(Ran::cut(&[1])),
            // In the middle of one: nobody knows what it did, so the transaction is over.
            (false, Err(Error::TransactionEnded(_))) => Ok(Ran::cut(&[0])),
            (false, other) => Err(unexpected(&other)),
        }
    })
    .await
}

async fn a_bulk_insert_of_two_chunks(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        // Those that have ids are not in the statement of those that get them.
        let marks = (0..4).map(|n| match n {
            0 | 1 => Mark::build().number(number),
            _ => Mark::build().number(number).id(1_000_000 + number * 4 + n),
        });
        Ok(match cut(polls, Mark::bulk_insert(marks).exec(db)).await.transpose()? {
            Some(4) => Ran::ended(&[4]),
            Some(other) => return Err(unexpected(&other)),
            None => Ran::cut(&[0, 4]),
        })
    })
    .await
}

async fn commit(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        let tx = db.begin().await?;
        mark(&tx, number).await?;
        mark(&tx, number).await?;
        Ok(match cut(polls, tx.commit()).await.transpose()? {
            Some(()) => Ran::ended(&[2]),
            None => Ran::cut(&[0, 2]),
        })
    })
    .await
}

async fn rollback(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        let tx = db.begin().await?;
        mark(&tx, number).await?;
        Ok(match cut(polls, tx.rollback()).await.transpose()? {
            Some(()) => Ran::ended(&[0]),
            None => Ran::cut(&[0]),
        })
    })
    .await
}

async fn a_transaction_by_closure(fixture: &Fixture) -> Outcome {
    at_every_poll(fixture, async |db: &Db, polls, number| {
        let work = db.transaction(async |tx| {
            mark(tx, number).await?;
            tokio::task::yield_now().await;
            mark(tx, number).await
        });
        Ok(match cut(polls, work).await.transpose()? {
            Some(()) => Ran::ended(&[2]),
            None => Ran::cut(&[0, 2]),
        })
    })
    .await
}

fn unexpected(what: &dyn std::fmt::Debug) -> Error {
    Error::custom(format!("unexpected: {what:?}"))
}
