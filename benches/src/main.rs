//! Measures this project beside hand-written driver code, in turns, and prints ratios as Markdown.

mod allocations;
mod cells;
mod clock;
mod contestant;
mod contestants;
mod data;
mod eager;
mod parts;
mod runner;
mod schema;
mod stats;
mod table;
mod verify;
mod workload;

use anyhow::Result;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use crate::parts::{Part, includes, mysql, pool, sqlite};
use crate::runner::Plan;
use crate::workload::Workload;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

/// Measures this project beside hand-written driver code, and prints ratios as Markdown.
#[derive(Debug, Parser)]
struct Arguments {
    /// A MySQL or MariaDB server, with a user that may create databases: mysql://root@127.0.0.1:3306/
    #[arg(long, env = "MYSQL_URL")]
    url: Option<String>,
    /// A quarter of the rounds: to see that it runs, not to quote.
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
    /// Only these parts.
    #[arg(long, value_delimiter = ',', default_values = ["mysql", "includes", "pool", "sqlite"])]
    parts: Vec<Part>,
    /// Only contestants whose name contains this, for a profiler. There are no ratios then.
    #[arg(long)]
    alone: Option<String>,
    /// Pieces of work of a slot instead of its length, so that a profiler sees the same each time.
    #[arg(long)]
    pieces: Option<usize>,
}

/// What every part needs to know.
struct Setup {
    plan: Plan,
    only: Vec<Workload>,
    alone: Option<String>,
    progress: ProgressBar,
}

impl Setup {
    fn wants(&self, workload: Workload) -> bool {
        self.only.is_empty() || self.only.contains(&workload)
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let rounds = if arguments.quick { arguments.rounds.div_ceil(4) } else { arguments.rounds };
    let style = ProgressStyle::with_template("{prefix:8} {bar:40} {percent:>3} % {elapsed_precise} {msg}")?;
    let setup = Setup {
        plan: Plan { rounds, slot: arguments.slot / 1e3, pieces: arguments.pieces },
        only: arguments.only,
        alone: arguments.alone,
        progress: ProgressBar::new(0).with_style(style),
    };
    let mut text = String::new();
    for part in arguments.parts {
        setup.progress.reset();
        match (part, &arguments.url) {
            (Part::Sqlite, _) => text.push_str(&sqlite::run(&setup)?),
            (Part::Mysql, Some(url)) => text.push_str(&mysql::run(url, &setup)?),
            (Part::Includes, Some(url)) => text.push_str(&includes::run(url, &setup)?),
            (Part::Pool, Some(url)) => text.push_str(&pool::run(url, &setup)?),
            (Part::Mysql | Part::Includes | Part::Pool, None) => {
                eprintln!("no server was given: --url or MYSQL_URL")
            }
        }
    }
    setup.progress.finish_and_clear();
    println!("{text}{}", table::note(&setup.plan));
    Ok(())
}
