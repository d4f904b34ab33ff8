//! The parts of a run: who competes in what.

mod build;
mod growth;
mod includes;
mod mysql;
mod pool;
#[cfg(feature = "sqlite")]
mod sqlite;

use anyhow::Result;

use crate::contestant::Entrant;
use crate::program::Setup;
use crate::runner::{Bench, Outcome, Pieces, Tables};
use crate::summary::Summary;
use crate::table::{Pair, Target};
use crate::verify::verify;
use crate::workload::Workload;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// One connection to a server.
    Mysql,
    /// Records with what belongs to them, over one connection to a server.
    Includes,
    /// A pool of ten.
    Pool,
    /// An SQLite file; nothing, where no SQLite is built in.
    Sqlite,
    /// SQL that is built and not sent; takes a server, which says what SQL it speaks.
    Build,
    /// How cost grows with rows, depth, children, tasks and columns. Only where it is asked for.
    Growth,
}

impl Part {
    /// What runs unless parts are asked for.
    pub const USUAL: &[Self] = &[Self::Mysql, Self::Includes, Self::Pool, Self::Sqlite, Self::Build];
}

/// What parts gave: everybody on one page, and the tables that have the quartiles.
#[derive(Default)]
pub struct Report {
    pub summary: Summary,
    pub details: String,
}

impl Report {
    pub fn add(&mut self, more: Self) {
        self.summary.merge(more.summary);
        self.details.push_str(&more.details);
    }
}

/// Runs a part; `None` if it needs a server and none was given.
pub fn run(part: Part, url: Option<&str>, setup: &Setup<'_>) -> Result<Option<Report>> {
    Ok(Some(match (part, url) {
        #[cfg(feature = "sqlite")]
        (Part::Sqlite, _) => sqlite::run(setup)?,
        #[cfg(not(feature = "sqlite"))]
        (Part::Sqlite, _) => Report::default(),
        (Part::Mysql, Some(url)) => mysql::run(url, setup)?,
        (Part::Includes, Some(url)) => includes::run(url, setup)?,
        (Part::Pool, Some(url)) => pool::run(url, setup)?,
        (Part::Build, Some(url)) => build::run(url, setup)?,
        (Part::Growth, Some(url)) => growth::run(url, setup)?,
        (_, None) => return Ok(None),
    }))
}

/// Verifies everybody, then measures these workloads.
async fn compete(
    workloads: &[Workload],
    mut entrants: Vec<Box<dyn Entrant>>,
    tables: &mut dyn Tables,
    setup: &Setup<'_>,
) -> Result<Vec<Outcome>> {
    let workloads: Vec<Workload> =
        workloads.iter().copied().filter(|workload| setup.wants(*workload)).collect();
    setup.progress.set_length((workloads.len() * setup.plan.rounds) as u64);
    for &workload in &workloads {
        setup.progress.set_message(format!("comparing cells: {workload}"));
        verify(workload, &mut entrants, tables).await?;
    }
    if let Some(alone) = &setup.alone {
        entrants.retain(|entrant| entrant.name().contains(alone.as_str()));
    }
    let mut bench = Bench { tables, pieces: Pieces::default(), plan: setup.plan, progress: &setup.progress };
    let mut outcomes = Vec::new();
    for workload in workloads {
        outcomes.push(bench.measure(workload, &mut entrants).await?);
    }
    Ok(outcomes)
}

/// Everybody beside the first: us, who are second, with a target.
fn beside_first(entrants: usize, target: Option<Target>) -> Vec<Pair> {
    (1..entrants).map(|ours| Pair { ours, base: 0, target: target.filter(|_| ours == 1) }).collect()
}

/// A name for a database that nobody else uses.
fn database_name(part: &str) -> String {
    format!("orm_bench_{part}_{}", std::process::id())
}

/// The URL of a database on that server.
fn with_database(url: &str, name: &str) -> Result<String> {
    let mut url = url::Url::parse(url)?;
    url.set_path(name);
    Ok(url.into())
}
