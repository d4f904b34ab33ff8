//! A bank whose total never changes and a ledger that is exact, whatever happens to their connections.

use std::sync::Arc;
use std::time::Duration;

use orm_core::prelude::*;
use tests::bank::{Bank, Length, Report};
use tests::cutter::cut;
use tests::ledger::{Fate, Ledger};
use tests::observer::Observer;
use tests::seed::seed;
use tests::{Fixture, Outcome};
use tokio::task::JoinSet;

use super::in_time;
use crate::{cases, check, check_eq};

cases![
    many_tasks_at_once,
    transfers_that_are_given_up,
    connections_that_are_killed,
    statements_of_their_own_that_are_given_up_or_killed,
];

const CONNECTIONS: usize = 4;
const TASKS: u64 = 8;

/// Ends a random connection of the test's database every now and then, for ever.
async fn kill_at_random(observer: &Observer, seed: u64) -> Error {
    let mut random = fastrand::Rng::with_seed(seed);
    let kill = async |random: &mut fastrand::Rng| {
        if let Some(connection) = random.choice(observer.connections().await?) {
            observer.kill(connection).await?;
        }
        Ok(())
    };
    loop {
        tokio::time::sleep(Duration::from_millis(random.u64(1..40))).await;
        if let Err(error) = kill(&mut random).await {
            return error;
        }
    }
}

async fn open(fixture: &Fixture) -> Result<Db, Error> {
    fixture.options().max_connections(CONNECTIONS).connect().await
}

/// Waits until nothing runs any more, then counts.
async fn settle(fixture: &Fixture, db: Db, bank: &Bank, report: &Report) -> Outcome {
    check!(report.other.is_empty() && report.late == 0 && report.committed > 0, "{report:?}");
    let observer = Observer::of(fixture.url()).await?;
    observer.wait_until_quiet(CONNECTIONS + 1).await?;
    observer.close().await?;
    bank.verify(&db).await.map_err(|error| format!("{error} after {report:?}"))?;
    check_eq!(bank.ledger().count(Fate::Acknowledged) as u64, report.committed);
    db.close().await?;
    Ok(())
}

async fn many_tasks_at_once(fixture: &Fixture) -> Outcome {
    let db = open(fixture).await?;
    let bank = Arc::new(Bank::new(&db, 5, seed("many_tasks_at_once")).await?);
    let report = in_time(bank.run(&db, TASKS, Length::Transfers(400))).await??;
    check!(report.lost == 0 && report.doubtful == 0 && report.refused > 0, "{report:?}");
    settle(fixture, db, &bank, &report).await
}

async fn transfers_that_are_given_up(fixture: &Fixture) -> Outcome {
    let db = open(fixture).await?;
    let bank = Arc::new(Bank::new(&db, 5, seed("transfers_that_are_given_up")).await?.giving_up(4));
    let report = in_time(bank.run(&db, TASKS, Length::Transfers(400))).await??;
    check!(report.lost == 0 && report.doubtful == 0 && report.given_up > 0, "{report:?}");
    settle(fixture, db, &bank, &report).await
}

async fn connections_that_are_killed(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // Nobody else can end its connections.
        return Ok(());
    }
    let db = open(fixture).await?;
    let seed = seed("connections_that_are_killed");
    let bank = Arc::new(Bank::new(&db, 5, seed).await?);
    let observer = Observer::of(fixture.url()).await?;
    let report = tokio::select! {
        report = in_time(bank.run(&db, TASKS, Length::Transfers(400))) => report??,
        error = kill_at_random(&observer, seed) => return Err(error.into()),
    };
    observer.close().await?;
    check!(report.lost > 0, "{report:?}");
    // The pool does not know yet which of its connections are gone.
    db.close().await?;
    settle(fixture, open(fixture).await?, &bank, &report).await
}

async fn statements_of_their_own_that_are_given_up_or_killed(fixture: &Fixture) -> Outcome {
    let db = open(fixture).await?;
    let ledger = Arc::new(Ledger::new(&db).await?);
    let observer = Observer::of(fixture.url()).await?;
    let seed = seed("statements_of_their_own_that_are_given_up_or_killed");
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (db, ledger) = (db.clone(), Arc::clone(&ledger));
        let mut random = fastrand::Rng::with_seed(seed.wrapping_add(task));
        tasks.spawn(async move {
            for _ in 0..50 {
                let polls = if random.u8(..4) == 0 { random.usize(1..6) } else { usize::MAX };
                // What became of it is in the ledger.
                let _ = cut(polls, ledger.append(&db, ledger.next())).await;
            }
        });
    }
    let all = async {
        while let Some(task) = tasks.join_next().await {
            task?;
        }
        Outcome::Ok(())
    };
    if fixture.is_sqlite() {
        // Nobody else can end its connections.
        in_time(all).await??;
    } else {
        tokio::select! {
            ended = in_time(all) => ended??,
            error = kill_at_random(&observer, seed) => return Err(error.into()),
        }
    }
    db.close().await?;
    observer.wait_until_quiet(1).await?;
    observer.close().await?;
    check!(ledger.count(Fate::Acknowledged) > 100 && ledger.count(Fate::Doubtful) > 0);
    // That of the fixture may have been ended too.
    let db = open(fixture).await?;
    ledger.verify(&db).await?;
    db.close().await?;
    Ok(())
}
