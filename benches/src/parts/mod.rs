//! The parts of a run: who competes in what.

pub mod includes;
pub mod mysql;
pub mod pool;
pub mod sqlite;

use anyhow::Result;

use crate::Setup;
use crate::contestant::Entrant;
use crate::runner::{Outcome, Pieces, Tables, measure};
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
    /// An SQLite file.
    Sqlite,
}

/// Verifies everybody, then measures these workloads.
async fn compete(
    workloads: &[Workload],
    mut entrants: Vec<Box<dyn Entrant>>,
    tables: &mut dyn Tables,
    setup: &Setup,
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
    let mut pieces = Pieces::default();
    let mut outcomes = Vec::new();
    for workload in workloads {
        outcomes
            .push(measure(workload, &mut entrants, tables, &mut pieces, setup.plan, &setup.progress).await?);
    }
    Ok(outcomes)
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
