//! Medians, and ratios within a round.

use crate::usage::Usage;

/// What one contestant took, round by round.
#[derive(Default)]
pub struct Rounds(pub Vec<Usage>);

pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get((numbers.len().max(1) - 1) / 2).copied().unwrap_or(f64::NAN)
}

impl Rounds {
    pub fn wall(&self) -> f64 {
        median(self.0.iter().map(|usage| usage.wall))
    }

    pub fn cpu(&self) -> f64 {
        median(self.0.iter().map(|usage| usage.cpu))
    }

    pub fn peak(&self) -> f64 {
        median(self.0.iter().map(|usage| usage.peak))
    }

    /// Wall and processor time.
    pub fn times(&self) -> String {
        format!("{:.2} / {:.2} s", self.wall(), self.cpu())
    }

    /// How many times as much as another took in the same rounds.
    pub fn ratio(&self, other: &Self) -> String {
        let ratio = |part: fn(&Usage) -> f64| {
            median(self.0.iter().zip(&other.0).map(|(mine, theirs)| part(mine) / part(theirs)))
        };
        format!("{:.2} / {:.2}", ratio(|usage| usage.wall), ratio(|usage| usage.cpu))
    }
}
