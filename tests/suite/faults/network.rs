//! A network that cuts, holds back and refuses.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use orm_core::db::Retry;
use orm_core::error::Operation;
use orm_core::prelude::*;
use tests::ledger::{Entry, Fate, Ledger};
use tests::observer::Observer;
use tests::proxy::{Cut, Direction, Ending, Faults, Proxy};
use tests::{Fixture, Outcome};

use super::{QUESTIONS, Question, in_time, questions, serves};
use crate::{cases, check, check_eq, check_matches};

cases![over a network:
    cut_after_any_byte,
    a_black_hole_ends_every_call_by_its_deadline,
    refused_for_a_while,
    the_first_transaction_after_a_break_succeeds,
    a_commit_that_was_not_answered,
    a_connection_that_was_given_up_is_soon_out_of_the_way,
    a_transaction_that_could_not_begin_is_run_again,
    a_read_whose_connection_was_lost_is_sent_again,
    but_not_once_rows_have_come,
    rows_that_have_come_are_seen_before_the_rest,
    a_stream_that_a_replica_lost_is_read_elsewhere,
    a_replica_that_does_not_answer_is_left_out,
];

/// How many places of each direction a session is cut at.
const CUTS: u64 = 40;

/// A deadline that nothing meets unless it is held back.
const SHORT: Duration = Duration::from_millis(300);

/// A bit of everything, on one connection. What fails is noted in the ledger.
async fn session(db: &Db, ledger: &Ledger) {
    let _ = ledger.append(db, ledger.next()).await;
    let key = ledger.next();
    let result = db
        .transaction(async |tx| {
            Ledger::write(tx, key).await?;
            Entry::find().count(tx).await
        })
        .await;
    ledger.settle(key, Fate::of_transaction(&result));
    let _ = Entry::find().limit(100).stream(db).try_collect::<Vec<_>>().await;
    let _ = ledger.append(db, ledger.next()).await;
}

async fn cut_after_any_byte(fixture: &Fixture) -> Outcome {
    let ledger = Ledger::new(&fixture.db).await?;
    let proxy = Proxy::to(fixture.url()).await?;
    let options = || {
        let deadline = Duration::from_secs(5);
        DbOptions::new(proxy.url()).max_connections(1).connect_timeout(deadline).statement_timeout(deadline)
    };
    let db = options().connect().await?;
    session(&db, &ledger).await;
    db.close().await?;
    check_eq!(ledger.count(Fate::Acknowledged), 3);
    let (traffic, mut connected) = (proxy.traffic(), 0);
    for (direction, bytes) in
        [(Direction::ToServer, traffic.to_server), (Direction::ToClient, traffic.to_client)]
    {
        for (n, after) in (0..bytes).step_by(usize::try_from(bytes / CUTS)?).enumerate() {
            let ending = if n % 2 == 0 { Ending::Close } else { Ending::Reset };
            proxy.set(Faults { cut: Some(Cut { direction, after, ending }), ..Faults::default() });
            let db = in_time(options().connect()).await?;
            if let Ok(db) = &db {
                in_time(session(db, &ledger)).await?;
            }
            proxy.heal();
            let Ok(db) = db else { continue };
            connected += 1;
            // Whatever broke, the next call gets a connection that works.
            let key = ledger.next();
            in_time(ledger.append(&db, key)).await?.map_err(|error| {
                format!("after a cut {direction:?} after {after} bytes by {ending:?}: {error}")
            })?;
            db.close().await?;
        }
    }
    check!(connected > CUTS / 2, "only {connected} sessions got further than connecting");
    check!(ledger.count(Fate::Failed) > 0 && ledger.count(Fate::Doubtful) > 0);
    let observer = Observer::of(fixture.url()).await?;
    observer.wait_until_quiet(1).await?;
    observer.close().await?;
    ledger.verify(&fixture.db).await
}

async fn a_black_hole_ends_every_call_by_its_deadline(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    let ledger = Ledger::new(&fixture.db).await?;
    let observer = Observer::of(fixture.url()).await?;
    for (hold_requests, hold_answers) in [(true, false), (false, true), (true, true)] {
        let proxy = Proxy::to(fixture.url()).await?;
        let options = || DbOptions::new(proxy.url()).connect_timeout(SHORT).statement_timeout(SHORT);
        let db = options().max_connections(5).min_connections(5).connect().await?;
        let (one, two, three) = (db.begin().await?, db.begin().await?, db.begin().await?);
        let (first, second) = (ledger.next(), ledger.next());
        Ledger::write(&one, first).await?;
        Ledger::write(&two, second).await?;
        proxy.set(Faults { hold_requests, hold_answers, ..Faults::default() });

        let key = ledger.next();
        check_matches!(
            in_time(ledger.append(&db, key)).await?,
            Err(Error::Timeout { operation: Operation::Statement, .. })
        );
        check_matches!(
            in_time(db.begin()).await?.map(drop),
            Err(Error::Timeout { operation: Operation::Statement, .. })
        );
        check_matches!(
            in_time(Entry::find().count(&one)).await?,
            Err(Error::Timeout { operation: Operation::Statement, .. })
        );
        check_matches!(in_time(one.commit()).await?, Err(Error::TransactionEnded(_)));
        ledger.settle(first, Fate::Failed);
        let result = in_time(two.commit()).await?;
        check_matches!(&result, Err(Error::OutcomeUnknown));
        ledger.settle(second, Fate::of_transaction(&result));
        let mut stream = Entry::find().stream(&three);
        check_matches!(
            in_time(stream.try_next()).await?,
            Err(Error::Timeout { operation: Operation::Statement, .. })
        );
        drop(stream);
        check_matches!(in_time(three.rollback()).await?, Ok(()));
        check_matches!(
            in_time(options().connect()).await?.map(drop),
            Err(Error::Timeout { operation: Operation::Connect, .. })
        );

        proxy.heal();
        serves(&db, 5).await?;
        proxy.set(Faults { hold_requests, hold_answers, ..Faults::default() });
        in_time(db.close()).await??;
        proxy.heal();
        // All that was held back arrives now, its connections' ends as well.
        observer.wait_until_quiet(1).await?;
    }
    observer.close().await?;
    ledger.verify(&fixture.db).await
}

async fn refused_for_a_while(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    let proxy = Proxy::to(fixture.url()).await?;
    let db = DbOptions::new(proxy.url()).max_connections(3).min_connections(3).connect().await?;
    for ending in [Ending::Close, Ending::Reset] {
        proxy.set(Faults { refuse: true, ..Faults::default() });
        proxy.sever(ending);
        for _ in 0..5 {
            let error = in_time(db.authenticate()).await?.err().ok_or("it was not refused")?;
            check!(matches!(error, Error::ConnectionLost(_) | Error::ConnectionRefused(_)), "{error:?}");
        }
        check_matches!(in_time(Db::connect(proxy.url())).await?.map(drop), Err(Error::ConnectionRefused(_)));
        check_matches!(in_time(db.begin()).await?.map(drop), Err(Error::ConnectionRefused(_)));
        proxy.heal();
        serves(&db, 3).await?;
    }
    db.close().await?;
    Ok(())
}

async fn the_first_transaction_after_a_break_succeeds(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    let ledger = Ledger::new(&fixture.db).await?;
    let proxy = Proxy::to(fixture.url()).await?;
    let db = DbOptions::new(proxy.url()).max_connections(4).min_connections(4).connect().await?;
    for ending in [Ending::Close, Ending::Reset] {
        serves(&db, 4).await?;
        proxy.sever(ending);
        let key = ledger.next();
        in_time(db.transaction(async |tx| Ledger::write(tx, key).await)).await??;
        ledger.settle(key, Fate::Acknowledged);
        // Its neighbours are not trusted either.
        serves(&db, 4).await?;
    }
    db.close().await?;
    ledger.verify(&fixture.db).await
}

async fn a_commit_that_was_not_answered(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    let ledger = Ledger::new(&fixture.db).await?;
    let observer = Observer::of(fixture.url()).await?;
    let proxy = Proxy::to(fixture.url()).await?;
    let db = DbOptions::new(proxy.url()).max_connections(1).connect().await?;
    // Where the request was lost it did not take effect, where the answer was lost it did, and nobody could know.
    for (direction, fate) in [(Direction::ToServer, Fate::Failed), (Direction::ToClient, Fate::Acknowledged)]
    {
        for ending in [Ending::Close, Ending::Reset] {
            let key = ledger.next();
            let tx = db.begin().await?;
            Ledger::write(&tx, key).await?;
            proxy.set(Faults { cut: Some(Cut { direction, after: 0, ending }), ..Faults::default() });
            check_matches!(in_time(tx.commit()).await?, Err(Error::OutcomeUnknown));
            proxy.heal();
            serves(&db, 1).await?;
            ledger.settle(key, fate);
        }
    }
    db.close().await?;
    observer.wait_until_quiet(1).await?;
    observer.close().await?;
    ledger.verify(&fixture.db).await
}

async fn a_connection_that_was_given_up_is_soon_out_of_the_way(fixture: &Fixture) -> Outcome {
    let proxy = Proxy::to(fixture.url()).await?;
    let options = DbOptions::new(proxy.url()).max_connections(1).statement_timeout(SHORT);
    // Telling a server that does not answer takes longer than anybody waits for the only place.
    let options = options.connect_timeout(Duration::from_secs(4)).acquire_timeout(Duration::from_secs(3));
    let db = options.connect().await?;
    proxy.set(Faults { hold_requests: true, ..Faults::default() });
    check_matches!(
        in_time(db.authenticate()).await?,
        Err(Error::Timeout { operation: Operation::Statement, .. })
    );
    check_matches!(
        in_time(db.authenticate()).await?,
        Err(Error::Timeout { operation: Operation::Connect, .. })
    );
    db.close().await?;
    Ok(())
}

async fn a_transaction_that_could_not_begin_is_run_again(fixture: &Fixture) -> Outcome {
    let ledger = Ledger::new(&fixture.db).await?;
    let proxy = Proxy::to(fixture.url()).await?;
    let options = DbOptions::new(proxy.url()).max_connections(2).min_connections(2).connect_timeout(SHORT);
    let db = options.acquire_timeout(SHORT).statement_timeout(SHORT).connect().await?;
    proxy.set(Faults { hold_requests: true, ..Faults::default() });
    let retry = Retry::new(u32::MAX).within(Duration::from_secs(20)).lost_connections(true);
    let (keys, db) = (&[ledger.next(), ledger.next(), ledger.next()], &db);
    let work = keys
        .map(|key| db.retry_transaction(retry, async move |tx: &Transaction| Ledger::write(tx, key).await));
    let healed = async {
        tokio::time::sleep(3 * SHORT).await;
        proxy.heal();
    };
    let (results, ()) = in_time(async { tokio::join!(futures_util::future::join_all(work), healed) }).await?;
    for (key, result) in keys.iter().zip(results) {
        result?;
        ledger.settle(*key, Fate::Acknowledged);
    }
    db.close().await?;
    ledger.verify(&fixture.db).await
}

async fn a_read_whose_connection_was_lost_is_sent_again(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    let ledger = Ledger::new(&fixture.db).await?;
    let proxy = Proxy::to(fixture.url()).await?;
    let db = &DbOptions::new(proxy.url()).max_connections(1).connect().await?;
    // Used a moment ago, so that nobody asks whether the server is still there.
    let lose = async |ending| {
        serves(db, 1).await?;
        proxy.sever(ending);
        Outcome::Ok(())
    };
    for ending in [Ending::Close, Ending::Reset] {
        lose(ending).await?;
        check_eq!(Question::find_by_id(db, 1).await?.map(|question| question.id), Some(1));
        lose(ending).await?;
        check_eq!(Question::find().count(db).await?, QUESTIONS);
        lose(ending).await?;
        check_eq!(Question::find().all(db).await?.len() as u64, QUESTIONS);
        lose(ending).await?;
        check_eq!(Question::find().stream(db).try_collect::<Vec<_>>().await?.len() as u64, QUESTIONS);
        // Of a write nobody knows whether it took effect.
        lose(ending).await?;
        let key = ledger.next();
        check_matches!(ledger.append(db, key).await, Err(Error::ConnectionLost(_)));
    }
    db.close().await?;
    ledger.verify(&fixture.db).await
}

async fn but_not_once_rows_have_come(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    for ending in [Ending::Close, Ending::Reset] {
        let proxy = Proxy::to(fixture.url()).await?;
        let db = DbOptions::new(proxy.url()).max_connections(1).connect().await?;
        // Prepares it.
        read(&db).await.1?;
        let before = proxy.traffic().to_client;
        read(&db).await.1?;
        let said = proxy.traffic();
        check_eq!(said.connections, 1);
        let after = said.to_client + (said.to_client - before) / 2;
        proxy.set(Faults {
            cut: Some(Cut { direction: Direction::ToClient, after, ending }),
            ..Faults::default()
        });
        let (count, outcome) = read(&db).await;
        check_matches!(outcome, Err(Error::ConnectionLost(_)));
        check!((1..QUESTIONS).contains(&count), "{count} rows");
        check_eq!(proxy.traffic().connections, 1);
        proxy.heal();
        serves(&db, 1).await?;
        db.close().await?;
    }
    Ok(())
}

/// Reads all questions: how many came, and how it ended.
async fn read(db: &Db) -> (u64, Result<(), Error>) {
    let mut stream = Question::find().stream(db);
    let mut count = 0;
    loop {
        match stream.try_next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => return (count, Ok(())),
            Err(error) => return (count, Err(error)),
        }
    }
}

async fn rows_that_have_come_are_seen_before_the_rest(fixture: &Fixture) -> Outcome {
    questions(&fixture.db).await?;
    let proxy = Proxy::to(fixture.url()).await?;
    let db = DbOptions::new(proxy.url()).max_connections(1).connect().await?;
    // Fewer than are handed out at a time.
    let few = || Question::find().order_by(Question::ID).limit(40).stream(&db);
    // Prepares it.
    few().try_collect::<Vec<_>>().await?;
    let before = proxy.traffic().to_client;
    few().try_collect::<Vec<_>>().await?;
    let answer = proxy.traffic().to_client - before;
    let slice = usize::try_from(answer / 20)?;
    proxy.set(Faults { slice: Some(slice), delay: Duration::from_millis(20), ..Faults::default() });
    let before = proxy.traffic().to_client;
    let mut stream = few();
    check_eq!(in_time(stream.try_next()).await?.map(|first| first.map(|question| question.id))?, Some(1));
    check!(proxy.traffic().to_client - before < answer, "the whole answer came first");
    check_eq!(in_time(stream.try_collect::<Vec<_>>()).await??.len(), 39);
    db.close().await?;
    Ok(())
}

/// The fixture's database with a replica, which is the same by way of a proxy.
async fn with_replica(fixture: &Fixture, proxy: &Proxy, lag: Option<Duration>) -> Result<Db, Error> {
    questions(&fixture.db).await?;
    fixture.options().replica(proxy.url()).max_replica_lag(lag).connect_timeout(SHORT).connect().await
}

async fn a_stream_that_a_replica_lost_is_read_elsewhere(fixture: &Fixture) -> Outcome {
    let proxy = Proxy::to(fixture.url()).await?;
    let db = with_replica(fixture, &proxy, None).await?;
    for ending in [Ending::Close, Ending::Reset] {
        let before = proxy.traffic().to_client;
        while proxy.traffic().to_client < before + 200 {
            serves(&db, 1).await?;
        }
        proxy.set(Faults { refuse: true, ..Faults::default() });
        // The end of the connection and the question pass each other.
        proxy.set(Faults {
            cut: Some(Cut { direction: Direction::ToServer, after: 0, ending }),
            refuse: true,
            ..Faults::default()
        });
        let read = in_time(Question::find().stream(&db).try_collect::<Vec<_>>()).await??;
        check_eq!(read.len() as u64, QUESTIONS);
        proxy.heal();
    }
    db.close().await?;
    Ok(())
}

async fn a_replica_that_does_not_answer_is_left_out(fixture: &Fixture) -> Outcome {
    for lag in [None, Some(Duration::from_secs(5))] {
        let proxy = Proxy::to(fixture.url()).await?;
        let db = with_replica(fixture, &proxy, lag).await?;
        serves(&db, 1).await?;
        proxy.set(Faults { hold_requests: true, ..Faults::default() });
        // Without a deadline for statements, those that are under way wait for ever.
        let read = || tokio::time::timeout(2 * SHORT, Question::find_by_id(&db, 1));
        in_time(async { while read().await.is_err() {} }).await?;
        proxy.set(Faults { refuse: true, ..Faults::default() });
        proxy.sever(Ending::Reset);
        db.close().await?;
    }
    Ok(())
}
