//! Lets the contestants work in turns, in slots of some milliseconds, and keeps what each slot cost.

use anyhow::{Context as _, Result};
use indicatif::ProgressBar;

use crate::allocations;
use crate::clock::Cost;
use crate::contestant::{Entrant, Local};
use crate::stats::Spread;
use crate::workload::{Input, Workload};

/// The tables, seen from a connection of the benchmark's own.
pub trait Tables {
    /// Empties the table that is written to; ids start again.
    fn empty(&mut self) -> Local<'_, ()>;
    /// The table that is written to, as text.
    fn written(&mut self) -> Local<'_, Vec<crate::cells::Row>>;
    /// The stock of an item.
    fn stock(&mut self, id: u64) -> Local<'_, i64>;
}

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Slots of each contestant and workload.
    pub rounds: usize,
    /// How long a slot should take, in seconds.
    pub slot: f64,
    /// So many pieces instead.
    pub pieces: Option<usize>,
}

/// What one contestant's work cost, per piece.
pub struct Lane {
    pub name: &'static str,
    pub allocations: f64,
    rounds: Vec<Cost>,
}

/// What one workload cost everybody. The first lane is what the others are compared with.
pub struct Outcome {
    pub workload: Workload,
    pub lanes: Vec<Lane>,
}

impl Lane {
    /// Of one piece, in seconds.
    pub fn spread(&self, of: impl Fn(&Cost) -> f64) -> Spread {
        Spread::of(self.rounds.iter().map(of).collect())
    }

    /// Of each round, this divided by that.
    pub fn ratio(&self, base: &Self, of: impl Fn(&Cost) -> f64) -> Spread {
        Spread::of(self.rounds.iter().zip(&base.rounds).map(|(ours, theirs)| of(ours) / of(theirs)).collect())
    }
}

/// Numbers the pieces of work, so that no two of a workload are the same.
#[derive(Default)]
pub struct Pieces(u64);

impl Pieces {
    pub fn next(&mut self, workload: Workload) -> Input {
        self.0 += 1;
        workload.input(self.0)
    }

    fn slot(&mut self, workload: Workload, length: usize) -> Vec<Input> {
        (0..length).map(|_| self.next(workload)).collect()
    }
}

/// Measures one workload.
pub async fn measure(
    workload: Workload,
    entrants: &mut [Box<dyn Entrant>],
    tables: &mut dyn Tables,
    pieces: &mut Pieces,
    plan: Plan,
    progress: &ProgressBar,
) -> Result<Outcome> {
    progress.set_message(workload.to_string());
    let length = calibrate(workload, entrants, pieces, plan).await?;
    let mut lanes = Vec::new();
    for entrant in entrants.iter_mut() {
        let counted = count(workload, &mut **entrant, pieces, length).await?;
        lanes.push(Lane {
            name: entrant.name(),
            allocations: counted,
            rounds: Vec::with_capacity(plan.rounds),
        });
    }
    for round in 0..plan.rounds {
        if workload.inserts() {
            start_over(workload, entrants, tables, pieces).await?;
        }
        // Each begins as often as the others, so that none always follows the same one.
        for turn in 0..entrants.len() {
            let who = (round + turn) % entrants.len();
            let cost = slot(workload, &mut *entrants[who], pieces, length).await?;
            lanes[who].rounds.push(cost);
        }
        progress.inc(1);
    }
    Ok(Outcome { workload, lanes })
}

/// The number of pieces that makes a slot, by the first contestant's speed.
async fn calibrate(
    workload: Workload,
    entrants: &mut [Box<dyn Entrant>],
    pieces: &mut Pieces,
    plan: Plan,
) -> Result<usize> {
    if let Some(pieces) = plan.pieces {
        return Ok(pieces);
    }
    let mut length = workload.slot_length(plan.slot, plan.slot);
    for _ in 0..3 {
        let cost = slot(workload, &mut *entrants[0], pieces, length).await?;
        length = workload.slot_length(plan.slot, cost.wall);
    }
    // The others get warm.
    for entrant in &mut entrants[1..] {
        slot(workload, &mut **entrant, pieces, length).await?;
    }
    Ok(length)
}

/// Empties the table that is written to, and lets everybody insert once: the servers prepare statements anew for an emptied table.
async fn start_over(
    workload: Workload,
    entrants: &mut [Box<dyn Entrant>],
    tables: &mut dyn Tables,
    pieces: &mut Pieces,
) -> Result<()> {
    tables.empty().await?;
    for entrant in entrants {
        entrant.slot(vec![pieces.next(workload)]).await?;
    }
    Ok(())
}

/// One slot's cost per piece.
async fn slot(
    workload: Workload,
    entrant: &mut dyn Entrant,
    pieces: &mut Pieces,
    length: usize,
) -> Result<Cost> {
    let inputs = pieces.slot(workload, length);
    let cost = entrant.slot(inputs).await.with_context(|| format!("{}: {workload}", entrant.name()))?;
    let each = length as f64;
    Ok(Cost { wall: cost.wall / each, cpu: cost.cpu / each, allocations: cost.allocations / each })
}

/// Allocations of one piece, in a slot that is not timed.
async fn count(
    workload: Workload,
    entrant: &mut dyn Entrant,
    pieces: &mut Pieces,
    length: usize,
) -> Result<f64> {
    allocations::set_counting(true);
    let cost = slot(workload, entrant, pieces, length).await;
    allocations::set_counting(false);
    Ok(cost?.allocations)
}
