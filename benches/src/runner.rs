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
    /// Adds rows with these ids to the table that is written to.
    fn add<'a>(&'a mut self, ids: &[u64]) -> Local<'a, ()>;
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

/// What one workload cost everybody, in the order of the contestants; nothing of those that do not offer it.
pub struct Outcome {
    pub workload: Workload,
    pub lanes: Vec<Option<Lane>>,
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

impl Outcome {
    /// Two contestants by their places; `None` where one of them did not take part.
    pub fn pair(&self, one: usize, base: usize) -> Option<(&Lane, &Lane)> {
        let lane = |place: usize| self.lanes.get(place)?.as_ref();
        Some((lane(one)?, lane(base)?))
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
}

/// Where the work is done, and for how long.
pub struct Bench<'a> {
    pub tables: &'a mut dyn Tables,
    pub pieces: Pieces,
    pub plan: Plan,
    pub progress: &'a ProgressBar,
}

/// The order of so many contestants in a round: a balanced Latin square. In as many rounds as there are contestants (twice as many where their
/// number is odd) each begins equally often, and follows each other equally often: what one leaves behind, such as a server that is still busy, meets
/// all of them alike.
fn order(count: usize, round: usize) -> Vec<usize> {
    // First, second, last, third, last but one, ..
    let zigzag = |n: usize| if n % 2 == 1 { n.div_ceil(2) } else { (count - n / 2) % count };
    let mut order: Vec<usize> = (0..count).map(|n| (zigzag(n) + round) % count).collect();
    if count % 2 == 1 && round / count % 2 == 1 {
        order.reverse();
    }
    order
}

impl Bench<'_> {
    /// Measures one workload.
    pub async fn measure(
        &mut self,
        workload: Workload,
        entrants: &mut [Box<dyn Entrant>],
    ) -> Result<Outcome> {
        self.progress.set_message(workload.to_string());
        if workload == Workload::Delete {
            // What inserts have left would be in the way of the ids that are to be deleted.
            self.tables.empty().await?;
        }
        let mut lanes: Vec<Option<Lane>> = entrants.iter().map(|_| None).collect();
        let (places, mut entrants): (Vec<usize>, Vec<_>) =
            entrants.iter_mut().enumerate().filter(|(_, entrant)| entrant.offers(workload)).unzip();
        if entrants.is_empty() {
            return Ok(Outcome { workload, lanes });
        }
        let length = self.calibrate(workload, &mut entrants).await?;
        for (place, entrant) in places.iter().zip(&mut entrants) {
            let allocations = self.count(workload, &mut ***entrant, length).await?;
            let rounds = Vec::with_capacity(self.plan.rounds);
            lanes[*place] = Some(Lane { name: entrant.name(), allocations, rounds });
        }
        for round in 0..self.plan.rounds {
            if workload.inserts() {
                self.start_over(workload, &mut entrants).await?;
            }
            for who in order(entrants.len(), round) {
                let cost = self.slot(workload, &mut **entrants[who], length).await?;
                lanes[places[who]].iter_mut().for_each(|lane| lane.rounds.push(cost));
            }
            self.progress.inc(1);
        }
        Ok(Outcome { workload, lanes })
    }

    /// The number of pieces that makes a slot, by the first contestant's speed.
    async fn calibrate(
        &mut self,
        workload: Workload,
        entrants: &mut [&mut Box<dyn Entrant>],
    ) -> Result<usize> {
        if let Some(pieces) = self.plan.pieces {
            return Ok(pieces);
        }
        let mut length = workload.slot_length(self.plan.slot, self.plan.slot);
        for _ in 0..3 {
            let cost = self.slot(workload, &mut **entrants[0], length).await?;
            length = workload.slot_length(self.plan.slot, cost.wall);
        }
        // The others get warm.
        for entrant in &mut entrants[1..] {
            self.slot(workload, &mut ***entrant, length).await?;
        }
        Ok(length)
    }

    /// Empties the table that is written to, and lets everybody insert once: the servers prepare statements anew for an emptied table.
    async fn start_over(&mut self, workload: Workload, entrants: &mut [&mut Box<dyn Entrant>]) -> Result<()> {
        self.tables.empty().await?;
        for entrant in entrants {
            entrant.slot(vec![self.pieces.next(workload)]).await?;
        }
        Ok(())
    }

    /// One slot's cost per piece.
    async fn slot(&mut self, workload: Workload, entrant: &mut dyn Entrant, length: usize) -> Result<Cost> {
        let inputs: Vec<Input> = (0..length).map(|_| self.pieces.next(workload)).collect();
        let deleted: Vec<u64> = inputs.iter().filter_map(Input::deleted).collect();
        if !deleted.is_empty() {
            self.tables.add(&deleted).await?;
        }
        let cost = entrant.slot(inputs).await.with_context(|| format!("{}: {workload}", entrant.name()))?;
        let each = length as f64;
        Ok(Cost { wall: cost.wall / each, cpu: cost.cpu / each, allocations: cost.allocations / each })
    }

    /// Allocations of one piece, in a slot that is not timed.
    async fn count(&mut self, workload: Workload, entrant: &mut dyn Entrant, length: usize) -> Result<f64> {
        allocations::set_counting(true);
        let cost = self.slot(workload, entrant, length).await;
        allocations::set_counting(false);
        Ok(cost?.allocations)
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn each_follows_each_other_equally_often() {
        for count in 1..10 {
            let rounds = if count % 2 == 1 { 2 * count } else { count };
            let mut follows = vec![vec![0; count]; count];
            let mut begins = vec![0; count];
            for order in (0..rounds).map(|round| order(count, round)) {
                begins[order[0]] += 1;
                let mut sorted = order.clone();
                sorted.sort_unstable();
                assert_eq!(sorted, (0..count).collect::<Vec<_>>());
                order.windows(2).for_each(|pair| follows[pair[1]][pair[0]] += 1);
            }
            let each = rounds / count;
            assert_eq!(begins, vec![each; count]);
            for (one, row) in follows.iter().enumerate() {
                for (other, times) in row.iter().enumerate() {
                    assert_eq!(*times, if one == other { 0 } else { each }, "{count}: {one} after {other}");
                }
            }
        }
    }
}
