//! Our models beside those of other libraries. Contestants take turns, so that a noisy moment hits all of them.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::contestant::{Contestant, Shape};
use crate::contestants::{libraries, raw};
use crate::figures::Rounds;
use crate::project::{Place, Project, Task};

#[derive(Args)]
pub struct Options {
    /// The crates' numbers of models.
    #[arg(long, value_delimiter = ',', default_value = "10,50,200")]
    models: Vec<usize>,
    #[arg(long, default_value_t = 10)]
    columns: usize,
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Only these, by name; we always take part.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// `check` is of libraries, `rebuild` of a program of four models. `clean`, if asked for, builds each such program with all that it
    /// depends on, once: minutes each.
    #[arg(long, value_delimiter = ',', default_value = "check,rebuild")]
    parts: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    Check,
    Rebuild,
    Clean,
}

/// Models of the program.
const PROGRAM: usize = 4;
/// Our place behind the driver alone, which has programs but no models.
const OURS: usize = 1;

pub fn run(place: &Place, options: &Options) -> Result<()> {
    let mut contestants = libraries();
    let ours = contestants[0].name();
    contestants.retain(|library| {
        let named = options.only.iter().any(|name| name == library.name());
        options.only.is_empty() || named || library.name() == ours
    });
    let part = |part| options.parts.contains(&part);
    for &models in options.models.iter().filter(|_| part(Part::Check)) {
        check(place, &contestants, models, options)?;
    }
    contestants.insert(0, raw());
    if part(Part::Rebuild) {
        rebuild(place, &contestants, options)?;
    }
    if part(Part::Clean) {
        clean(place, &contestants, options)?;
    }
    println!("Wall / processor time, medians of {} runs; ratios are taken within a run.", options.runs);
    Ok(())
}

/// Everybody in turn, once to begin with and then as often as asked.
fn rounds(projects: &[Project<'_>], runs: usize, task: Task) -> Result<Vec<Rounds>> {
    let mut all: Vec<Rounds> = projects.iter().map(|_| Rounds::default()).collect();
    for project in projects {
        project.prepare(task)?;
    }
    for run in 0..=runs {
        for (project, rounds) in projects.iter().zip(&mut all) {
            project.edit(task != Task::CheckFromNothing && run % 2 == 0)?;
            let usage = project.measure(task)?;
            if run > 0 {
                rounds.0.push(usage);
            }
        }
    }
    Ok(all)
}

fn check(place: &Place, libraries: &[Box<dyn Contestant>], models: usize, options: &Options) -> Result<()> {
    let shape = Shape { models, columns: options.columns, edited: false };
    let name = models.to_string();
    let projects: Vec<_> = libraries
        .iter()
        .map(|library| Project::library(place, &**library, &name, shape))
        .collect::<Result<_>>()?;
    let anew = rounds(&projects, options.runs, Task::CheckFromNothing)?;
    let expanded: Vec<_> = projects.iter().map(Project::expanded).collect::<Result<_>>()?;
    let changed = rounds(&projects, options.runs, Task::CheckIncremental)?;

    println!(
        "| {models} models of {} columns | check, from nothing | to ours | one model changed, incremental | to ours | peak memory | expanded |",
        options.columns
    );
    println!("| --- | --: | --: | --: | --: | --: | --: |");
    for (((library, anew_here), changed_here), text) in
        libraries.iter().zip(&anew).zip(&changed).zip(expanded)
    {
        println!(
            "| {} | {} | {} | {} | {} | {:.0} MiB | {} lines, {} KiB |",
            library.name(),
            anew_here.times(),
            anew_here.ratio(&anew[0]),
            changed_here.times(),
            changed_here.ratio(&changed[0]),
            anew_here.peak(),
            text.lines().count(),
            text.len() / 1024,
        );
    }
    println!();
    Ok(())
}

fn rebuild(place: &Place, libraries: &[Box<dyn Contestant>], options: &Options) -> Result<()> {
    let projects = programs(place, libraries, options)?;
    let debug = rounds(&projects, options.runs, Task::BuildDebug)?;
    let release = rounds(&projects, options.runs, Task::BuildRelease)?;

    println!(
        "| program of {PROGRAM} models, one changed | debug build | to ours | peak memory | release build | to ours | peak memory |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: |");
    for ((project, debug_here), release_here) in projects.iter().zip(&debug).zip(&release) {
        println!(
            "| {} | {} | {} | {:.0} MiB | {} | {} | {:.0} MiB |",
            project.version()?,
            debug_here.times(),
            debug_here.ratio(&debug[OURS]),
            debug_here.peak(),
            release_here.times(),
            release_here.ratio(&release[OURS]),
            release_here.peak(),
        );
    }
    println!();
    Ok(())
}

/// Crates of ours that take less than this much longer than the driver's are left out, in seconds.
const LITTLE: f64 = 0.3;

/// The driver alone, which others are measured by, goes first.
fn clean(place: &Place, libraries: &[Box<dyn Contestant>], options: &Options) -> Result<()> {
    println!(
        "| release build from nothing, program of {PROGRAM} models | wall / processor time | processor time over the driver's |"
    );
    println!("| --- | --: | --: |");
    let mut usages = Vec::new();
    for project in programs(place, libraries, options)? {
        let usage = project.build_all()?;
        usages.push(usage);
        let (driver, here) = (&usages[0], &usages[usages.len() - 1]);
        let (version, over) = (project.version()?, here.cpu - driver.cpu);
        println!("| {version} | {:.0} / {:.1} s | {over:+.1} s |", here.wall, here.cpu);
    }

    let (driver, ours) = (&usages[0].crates, &usages[OURS].crates);
    let over = |(name, cpu): (&String, &f64)| (name.clone(), cpu - driver.get(name).unwrap_or(&0.0));
    let mut over: Vec<_> = ours.iter().map(over).filter(|(_, over)| over.abs() >= LITTLE).collect();
    over.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    println!("\n| crate of ours | processor time of rustc over the driver's |\n| --- | --: |");
    for (name, over) in over {
        println!("| {name} | {over:+.1} s |");
    }
    println!();
    Ok(())
}

fn programs<'a>(
    place: &Place,
    libraries: &'a [Box<dyn Contestant>],
    options: &Options,
) -> Result<Vec<Project<'a>>> {
    let shape = Shape { models: PROGRAM, columns: options.columns, edited: false };
    libraries.iter().map(|library| Project::program(place, &**library, shape)).collect()
}
