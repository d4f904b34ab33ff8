//! The program: its arguments, its parts, its output.

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use crate::chart;
use crate::parts::{self, Part, Report};
use crate::peers::Peers;
use crate::runner::Plan;
use crate::summary::Summary;
use crate::table;
use crate::workload::Workload;

/// Measures this project beside hand-written driver code, and prints ratios as Markdown.
#[derive(Debug, Parser)]
struct Arguments {
    /// A MySQL or MariaDB server, with a user that may create databases: mysql://root@127.0.0.1:3306/
    #[arg(long, env = "MYSQL_URL")]
    url: Option<String>,
    /// A tenth of the rounds: to see that it runs, not to quote.
    #[arg(long)]
    quick: bool,
    /// Slots of each contestant and workload.
    #[arg(long, default_value_t = 80)]
    rounds: usize,
    /// Length of a slot in milliseconds.
    #[arg(long, default_value_t = 15.0)]
    slot: f64,
    /// Only these workloads.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Workload>,
    /// Only these parts, instead of all but growth.
    #[arg(long, value_delimiter = ',')]
    parts: Vec<Part>,
    /// Only contestants whose name contains this, for a profiler. There are no ratios then.
    #[arg(long)]
    alone: Option<String>,
    /// Pieces of work of a slot instead of its length, so that a profiler sees the same each time.
    #[arg(long)]
    pieces: Option<usize>,
    /// Writes the medians to this file, for another run's `--with`.
    #[arg(long, overrides_with = "save")]
    save: Option<PathBuf>,
    /// Adds the contestants of a saved run to the overview.
    #[arg(long)]
    with: Vec<PathBuf>,
    /// Draws the overview into this file.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Draws how cost grows into this file.
    #[arg(long)]
    growth_svg: Option<PathBuf>,
}

/// What every part needs to know.
pub struct Setup<'a> {
    pub plan: Plan,
    pub quick: bool,
    pub only: Vec<Workload>,
    pub alone: Option<String>,
    pub progress: ProgressBar,
    pub peers: &'a dyn Peers,
    pub growth_svg: Option<PathBuf>,
}

impl Setup<'_> {
    pub fn wants(&self, workload: Workload) -> bool {
        self.only.is_empty() || self.only.contains(&workload)
    }
}

/// Does what the arguments say, with these peers.
pub fn run(peers: &dyn Peers) -> Result<()> {
    let arguments = Arguments::parse();
    let rounds = if arguments.quick { arguments.rounds.div_ceil(10) } else { arguments.rounds };
    let style = ProgressStyle::with_template("{prefix:8} {bar:40} {percent:>3} % {elapsed_precise} {msg}")?;
    let setup = Setup {
        plan: Plan { rounds, slot: arguments.slot / 1e3, pieces: arguments.pieces },
        quick: arguments.quick,
        only: arguments.only,
        alone: arguments.alone,
        progress: ProgressBar::new(0).with_style(style),
        peers,
        growth_svg: arguments.growth_svg,
    };
    let mut report = Report::default();
    let parts = if arguments.parts.is_empty() { Part::USUAL } else { &arguments.parts };
    for &part in parts {
        setup.progress.reset();
        match parts::run(part, arguments.url.as_deref(), &setup)? {
            Some(more) => report.add(more),
            None => eprintln!("no server was given: --url or MYSQL_URL"),
        }
    }
    setup.progress.finish_and_clear();
    let Report { mut summary, details } = report;
    for path in &arguments.with {
        summary.merge(Summary::load(path)?);
    }
    if let Some(path) = arguments.save {
        summary.save(&path)?;
    }
    if let Some(path) = arguments.svg {
        chart::write(&summary, &path)?;
    }
    println!("{}{details}{}", summary.write(), table::note(&setup.plan));
    Ok(())
}
