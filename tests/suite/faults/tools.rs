//! The tools themselves: what they see is there, and what they do happens.

use std::time::Duration;

use orm_core::prelude::*;
use tests::cutter::{cut, sweep};
use tests::ledger::{Fate, Ledger};
use tests::observer::Observer;
use tests::proxy::{Faults, Proxy};
use tests::{Fixture, Outcome};

use super::{Question, in_time, questions};
use crate::{cases, check, check_eq, check_matches};

cases![
    the_cutter_polls_so_many_times,
    the_observer_sees_what_is_left,
    the_observer_counts_and_kills,
    the_proxy_lets_through_what_it_should,
    the_ledger_notices_what_is_wrong,
];

async fn the_cutter_polls_so_many_times(_: &Fixture) -> Outcome {
    let work = async |steps: usize| {
        for _ in 0..steps {
            tokio::task::yield_now().await;
        }
        steps
    };
    check_eq!(cut(0, work(0)).await, None);
    check_eq!(cut(1, work(0)).await, Some(0));
    check_eq!(cut(5, work(5)).await, None);
    check_eq!(cut(6, work(5)).await, Some(5));
    // It goes on a little after the first end.
    check_eq!(sweep(20, async |polls| Ok(cut(polls, work(5)).await.is_some())).await?, 8);
    check!(sweep(7, async |polls| Ok(cut(polls, work(5)).await.is_some())).await.is_err());
    check!(sweep(20, async |_| Err("no".into())).await.is_err());
    Ok(())
}

async fn the_observer_sees_what_is_left(fixture: &Fixture) -> Outcome {
    let (db, observer) = (&fixture.db, Observer::of(fixture.url()).await?);
    questions(db).await?;
    observer.wait_until_quiet(1).await?;
    let tx = db.begin().await?;
    Question::build().answer("open").save(&tx).await?;
    if fixture.is_sqlite() {
        // All that can be seen of SQLite is its lock.
        check_matches!(observer.wait_until_quiet(1).await, Err(_));
    } else {
        let seen = observer.activity().await?;
        check_eq!((seen.transactions.len(), seen.connections.len(), seen.busy.len()), (1, 1, 0));
        let sleep = cut(usize::MAX, tx.execute("DO SLEEP(1)", ()));
        let look = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            observer.activity().await
        };
        let (slept, seen) = tokio::join!(sleep, look);
        check_matches!(slept, Some(Ok(_)));
        check_matches!(&seen?.busy[..], [one] if one.contains("SLEEP(1)"));
    }
    tx.rollback().await?;
    observer.wait_until_quiet(1).await?;
    observer.close().await
}

async fn the_observer_counts_and_kills(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // It has no threads and no counters.
        return Ok(());
    }
    let db = fixture.options().max_connections(1).connect().await?;
    let observer = Observer::of(fixture.url()).await?;
    questions(&db).await?;
    check!(Question::find_by_id(&db, 1).await?.is_some());
    check!(observer.prepared_statements().await? > 0 && observer.prepares().await? > 0);
    let before = observer.connections().await?;
    check_eq!(before.len(), 2);
    for connection in before {
        observer.kill(connection).await?;
        // It is gone already, or soon.
        observer.kill(connection).await?;
    }
    observer.wait_until_quiet(0).await?;
    check!(Question::find_by_id(&db, 1).await?.is_some());
    check_eq!(db.pool_metrics().connects, 2);
    db.close().await?;
    observer.close().await
}

async fn the_proxy_lets_through_what_it_should(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // It has no network.
        return Ok(());
    }
    let proxy = Proxy::to(fixture.url()).await?;
    let db = DbOptions::new(proxy.url()).connect().await?;
    questions(&db).await?;
    let text = "a long answer ".repeat(15);
    for faults in [
        Faults::default(),
        Faults { slice: Some(1), ..Faults::default() },
        Faults { slice: Some(7), delay: Duration::from_micros(100), ..Faults::default() },
    ] {
        proxy.set(faults);
        let before = proxy.traffic();
        let question = in_time(Question::build().answer(&text).save(&db)).await??;
        check_eq!(Question::find_by_id(&db, question.id).await?.as_ref(), Some(&question));
        let after = proxy.traffic();
        let sent = (after.to_server - before.to_server, after.to_client - before.to_client);
        check!(sent.0 > text.len() as u64 && sent.1 > text.len() as u64, "{sent:?}");
    }
    check_eq!(proxy.traffic().connections, 1);
    db.close().await?;
    Ok(())
}

async fn the_ledger_notices_what_is_wrong(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let ledger = Ledger::new(db).await?;
    for _ in 0..4 {
        ledger.append(db, ledger.next()).await?;
    }
    ledger.verify(db).await?;
    let fates = [(1, Fate::Failed), (2, Fate::Doubtful), (7, Fate::Doubtful)];
    for (key, fate) in fates {
        ledger.settle(key, fate);
    }
    Ledger::write(db, 2).await?;
    Ledger::write(db, 9).await?;
    let wrong = ledger.verify(db).await.err().ok_or("it notices nothing")?.to_string();
    check_eq!(
        wrong,
        "the ledger is wrong: 1 (Failed) is there 1 times, 2 (Doubtful) is there 2 times, 9 was never written"
    );
    Ok(())
}
