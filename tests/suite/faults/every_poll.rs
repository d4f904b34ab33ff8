//! Runs an operation again and again, cut at one poll after the other, and looks at what is left.

use std::collections::BTreeMap;
use std::time::Duration;

use orm_core::prelude::*;
use tests::cutter::sweep;
use tests::observer::Observer;
use tests::proxy::{Faults, Proxy};
use tests::{Fixture, Outcome};

use super::{in_time, questions, serves};
use crate::check;

/// More polls than any of them takes.
pub(super) const MOST: usize = 1_000;

/// More than one batch of a stream.
pub(super) const SHEETS: usize = 70;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(marks: Mark))]
pub(super) struct Sheet {
    pub(super) id: u64,
    pub(super) title: String,
}

/// What an operation writes, with the number of its run.
#[derive(Model, Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) id: u64,
    #[model(index)]
    pub(super) number: u64,
    #[model(belongs_to = Sheet)]
    pub(super) sheet_id: Option<u64>,
}

/// What became of one run.
pub(super) struct Ran {
    /// It was not cut.
    ended: bool,
    /// How many marks there may be of it.
    marks: &'static [u64],
}

impl Ran {
    pub(super) fn ended(marks: &'static [u64]) -> Self {
        Self { ended: true, marks }
    }

    pub(super) fn cut(marks: &'static [u64]) -> Self {
        Self { ended: false, marks }
    }
}

/// The tables, with some sheets.
pub(super) async fn sheets(db: &Db) -> Result<(), Error> {
    db.sync(&[Sheet::TABLE, Mark::TABLE]).await?;
    Sheet::bulk_create(db, (0..SHEETS).map(|n| Sheet::build().title(n.to_string()))).await.map(drop)
}

/// Writes a mark.
pub(super) async fn mark(executor: &impl Executor, number: u64) -> Result<(), Error> {
    Mark::build().number(number).save(executor).await.map(drop)
}

/// Pools of one connection and of two; on a server also by a road on which everything comes in small pieces, so that there are many more
/// polls. SQLite's thread works on meanwhile and is somewhere else each time, so there each is swept more than once.
pub(super) async fn pools(fixture: &Fixture) -> Outcome<(Vec<(DbOptions, usize)>, Option<Proxy>)> {
    let direct = [(fixture.options(), 1), (fixture.options(), 2)];
    if fixture.is_sqlite() {
        return Ok((vec![direct; 10].into_iter().flatten().collect(), None));
    }
    let proxy = Proxy::to(fixture.url()).await?;
    proxy.set(Faults { slice: Some(8), ..Faults::default() });
    let sliced = (DbOptions::new(proxy.url()), 2);
    Ok((direct.into_iter().chain([sliced]).collect(), Some(proxy)))
}

/// Cuts an operation at every poll, on each of the pools. It gets the pool, the number of polls, and the number of its run.
///
/// After each cut the pool serves; in the end nothing is open or busy, and the tables hold what they may.
pub(super) async fn at_every_poll(
    fixture: &Fixture,
    operation: impl AsyncFn(&Db, usize, u64) -> Result<Ran, Error>,
) -> Outcome {
    questions(&fixture.db).await?;
    sheets(&fixture.db).await?;
    let observer = Observer::of(fixture.url()).await?;
    let mut runs = Vec::new();
    let (pools, _proxy) = pools(fixture).await?;
    for (options, size) in pools {
        let db = options.max_connections(size).acquire_timeout(Duration::from_secs(10)).connect().await?;
        let run = async |runs: &mut Vec<&'static [u64]>, polls| {
            let ran = in_time(operation(&db, polls, runs.len() as u64)).await??;
            runs.push(ran.marks);
            Outcome::Ok(ran.ended)
        };
        let last = sweep(MOST, async |polls| {
            let ended = run(&mut runs, polls).await?;
            serves(&db, size).await?;
            Ok(ended)
        })
        .await?;
        // Nothing is left to whoever takes the connection next: nobody does. That of the fixture is there as well.
        for polls in [1, last / 2, last] {
            run(&mut runs, polls).await?;
            observer.wait_until_quiet(size + 1).await?;
        }
        serves(&db, size).await?;
        db.close().await?;
    }
    observer.wait_until_quiet(1).await?;
    observer.close().await?;
    let found: Vec<(u64, u64)> =
        fixture.db.query_as("SELECT number, COUNT(*) FROM marks GROUP BY number", ()).await?;
    let found: BTreeMap<u64, u64> = found.into_iter().collect();
    for (number, allowed) in (0..).zip(runs) {
        let marks = found.get(&number).copied().unwrap_or(0);
        check!(allowed.contains(&marks), "run {number} left {marks} marks, not one of {allowed:?}");
    }
    Ok(())
}
