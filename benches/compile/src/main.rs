//! Writes crates of models for us and for other libraries, and measures what they cost the compiler.

mod contestant;
mod contestants;
mod derive;
mod figures;
mod peers;
mod project;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

use crate::project::Place;

/// How long models keep the compiler busy.
#[derive(Parser)]
struct Args {
    /// Where the crates are written, and left; otherwise they are thrown away.
    #[arg(long, global = true)]
    crates: Option<PathBuf>,
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Subcommand)]
enum Mode {
    /// Our models beside the same crate without a model.
    Derive {
        #[arg(default_value_t = 50)]
        models: usize,
        #[arg(default_value_t = 10)]
        columns: usize,
        #[arg(default_value_t = 9)]
        runs: usize,
    },
    /// Our models beside those of other libraries.
    Peers(peers::Options),
}

fn main() -> Result<ExitCode> {
    if let Some(notes) = std::env::var_os(usage::NOTES) {
        return usage::stand_in(&PathBuf::from(notes));
    }
    let args = Args::parse();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let thrown_away = tempfile::tempdir()?;
    let crates = std::path::absolute(args.crates.as_deref().unwrap_or(thrown_away.path()))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let target = std::path::absolute(target.join("bench-compile")).context("the target folder")?;
    let place = Place { root, crates, target };
    match args.mode {
        Mode::Derive { models, columns, runs } => derive::run(&place, models, columns, runs)?,
        Mode::Peers(options) => peers::run(&place, &options)?,
    }
    Ok(ExitCode::SUCCESS)
}
