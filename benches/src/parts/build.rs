//! Building the SQL of a query, without a statement to a server.

use std::fmt::Write as _;

use anyhow::Result;

use super::{Report, database_name, with_database};
use crate::contestant::Entrant;
use crate::contestants::building::Building;
use crate::contestants::ours::Ours;
use crate::program::Setup;
use crate::runner::{Bench, Outcome, Pieces};
use crate::schema::MysqlTables;
use crate::table::number;
use crate::workload::Workload;

/// Microseconds of a query that is built.
const TARGET: f64 = 0.6;

/// A server is only asked which SQL it speaks.
pub fn run(url: &str, setup: &Setup<'_>) -> Result<Report> {
    if !setup.wants(Workload::Build) {
        return Ok(Report::default());
    }
    setup.progress.set_prefix("build");
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let name = database_name("build");
        let mut tables = MysqlTables::create(url, &name).await?;
        let result = measure(&with_database(url, &name)?, &mut tables, setup).await;
        tables.drop_database().await?;
        result
    })
}

async fn measure(url: &str, tables: &mut MysqlTables, setup: &Setup<'_>) -> Result<Report> {
    let mut entrants: Vec<Box<dyn Entrant>> = vec![Box::new(Building(Ours::connect(url, 1).await?))];
    entrants.extend(setup.peers.build());
    setup.progress.set_length(setup.plan.rounds as u64);
    let mut bench = Bench { tables, pieces: Pieces::default(), plan: setup.plan, progress: &setup.progress };
    let outcome = bench.measure(Workload::Build, &mut entrants).await?;
    Ok(Report { details: write(&outcome), ..Report::default() })
}

/// Times, not ratios: by hand there is nothing to build.
fn write(outcome: &Outcome) -> String {
    let mut text =
        format!("### {}\n\n| library | wall | allocations |\n| --- | --: | --: |\n", outcome.workload);
    for (n, lane) in outcome.lanes.iter().flatten().enumerate() {
        let micros = lane.spread(|cost| cost.wall * 1e6);
        let mark = if n == 0 && micros.median > TARGET { "**" } else { "" };
        let _ = writeln!(
            text,
            "| {} | {mark}{:.2}{mark} µs ({:.2}–{:.2}) | {} |",
            lane.name,
            micros.median,
            micros.low,
            micros.high,
            number(lane.allocations)
        );
    }
    text.push('\n');
    text
}
