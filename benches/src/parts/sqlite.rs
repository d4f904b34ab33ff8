//! An SQLite file, beside hand-written `rusqlite` on a thread of its own and on the caller's.

use anyhow::{Context as _, Result};

use super::{Report, beside_first, compete};
use crate::clock::Cost;
use crate::contestant::{Entrant, Single};
use crate::contestants::ours::Ours;
use crate::contestants::rusqlite::{Elsewhere, Here, Rusqlite};
use crate::program::Setup;
use crate::runner::Outcome;
use crate::schema::sqlite::{SQLITE, SqliteTables};
use crate::summary::Summary;
use crate::table::{self, Pair};
use crate::workload::Workload;

pub fn run(setup: &Setup<'_>) -> Result<Report> {
    setup.progress.set_prefix("SQLite");
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bench.db");
    let path = path.to_str().context("a temporary folder whose path is text")?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(path, setup))
}

async fn measure(path: &str, setup: &Setup<'_>) -> Result<Report> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch(SQLITE)?;
    let ours = Ours::connect(&format!("sqlite://{path}"), 1).await?;
    ours.fill().await?;
    let mut entrants: Vec<Box<dyn Entrant>> = vec![
        Box::new(Single(Rusqlite(Elsewhere::open(path)?))),
        Box::new(Single(ours)),
        Box::new(Single(Rusqlite(Here::open(path)?))),
    ];
    entrants.extend(setup.peers.sqlite(path).await?);
    let mut pairs = beside_first(entrants.len(), None);
    // We are set beside both of them, instead of the one beside the other.
    pairs[1] = Pair { ours: 1, base: 2, target: None };
    let outcomes = compete(Workload::SINGLE, entrants, &mut SqliteTables(connection), setup).await?;
    let title = format!("SQLite {}", rusqlite::version());
    let details = table::write(&title, &outcomes, &pairs) + &hop(&outcomes);
    Ok(Report { summary: Summary::of(&title, &outcomes, 0), details })
}

/// What it costs to go to another thread and back for one row. Nothing where that was not measured.
fn hop(outcomes: &[Outcome]) -> String {
    let found = outcomes.iter().find(|outcome| outcome.workload == Workload::FindByKey);
    let Some((elsewhere, here)) = found.and_then(|outcome| outcome.pair(0, 2)) else { return String::new() };
    let micros = |of: fn(&Cost) -> f64| (elsewhere.spread(of).median - here.spread(of).median) * 1e6;
    format!(
        "The way to another thread and back, for one row by hand: {:.1} µs of wall time, {:.1} µs of processor time.\n\n",
        micros(|cost| cost.wall),
        micros(|cost| cost.cpu)
    )
}
