//! The result as Markdown.

use std::fmt::Write as _;

use crate::clock::Cost;
use crate::eager::Memory;
use crate::runner::{Outcome, Plan};
use crate::stats::Spread;

/// What a contestant should stay within, as ratios.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub wall: f64,
    pub cpu: f64,
}

/// Two contestants by their places, and what the first should stay within.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    pub ours: usize,
    pub base: usize,
    pub target: Option<Target>,
}

/// A table per pair.
pub fn write(title: &str, outcomes: &[Outcome], pairs: &[Pair]) -> String {
    let mut text = String::new();
    for pair in pairs {
        let rows: Vec<String> = outcomes.iter().filter_map(|outcome| row(outcome, *pair)).collect();
        let both = outcomes.iter().find_map(|outcome| outcome.pair(pair.ours, pair.base));
        let Some((ours, base)) = both else { continue };
        let _ = writeln!(text, "### {title}: {}, beside {}\n", ours.name, base.name);
        text.push_str(
            "| workload | base, wall | wall | base, CPU | CPU | base, allocations | allocations |\n",
        );
        text.push_str("| --- | --: | --: | --: | --: | --: | --: |\n");
        let _ = writeln!(text, "{}", rows.concat());
    }
    text
}

fn row(outcome: &Outcome, pair: Pair) -> Option<String> {
    let (ours, base) = outcome.pair(pair.ours, pair.base)?;
    let (wall, cpu) = (|cost: &Cost| cost.wall, |cost: &Cost| cost.cpu);
    Some(format!(
        "| {} | {} | {} | {} | {} | {} | {} ({:.2}) |\n",
        outcome.workload,
        duration(base.spread(wall).median),
        ratio(ours.ratio(base, wall), pair.target.map(|target| target.wall)),
        duration(base.spread(cpu).median),
        ratio(ours.ratio(base, cpu), pair.target.map(|target| target.cpu)),
        number(base.allocations),
        number(ours.allocations),
        ours.allocations / base.allocations,
    ))
}

/// Median and quartiles; in bold where the target is missed.
fn ratio(spread: Spread, most: Option<f64>) -> String {
    let mark = if most.is_some_and(|most| spread.median > most) { "**" } else { "" };
    format!("{mark}{:.2}{mark} ({:.2}–{:.2})", spread.median, spread.low, spread.high)
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.1} µs", s * 1e6),
        s => format!("{:.2} ms", s * 1e3),
    }
}

/// A number of allocations.
pub fn number(count: f64) -> String {
    if count < 1_000.0 { format!("{count:.1}") } else { format!("{count:.0}") }
}

/// The memory of a load, as one figure; in bold where it is above `most`.
pub fn memory(what: &str, ours: Memory, base: Memory, most: f64) -> String {
    let ratio = |memory: Memory| memory.peak as f64 / memory.owned as f64;
    let mega = |bytes: i64| format!("{:.2} MB", bytes as f64 / 1e6);
    let mark = if ratio(ours) > most { "**" } else { "" };
    format!(
        "Memory, {what}: {} has at most {mark}{:.2}{mark} times the bytes in use that its result owns ({} of {}); {} has {:.2} times ({} of {}).\n\n",
        ours.name,
        ratio(ours),
        mega(ours.peak),
        mega(ours.owned),
        base.name,
        ratio(base),
        mega(base.peak),
        mega(base.owned),
    )
}

/// How to read the numbers.
pub fn note(plan: &Plan) -> String {
    format!(
        "Ratios of one round, each round one slot of about {:.0} ms per contestant, in turns, each of them after each other equally often; median (first to third quartile) of {} rounds. \
         Bold: above the target. Wall times of small work are mostly the server's and the scheduler's, so on a machine whose cores are shared \
         differences below 10 % mean nothing, as the contestant that competes with itself shows; processor time is steadier; allocations are \
         exact, but for those of a C library, which are not counted. A pool's line with (stock) is beside the driver's pool as it comes, the other one \
         beside one that is tuned by hand. Every cell that is read or written was compared before.\n",
        plan.slot * 1e3,
        plan.rounds
    )
}
