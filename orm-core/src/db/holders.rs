//! Who holds the connections of a pool, and for how long.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::clock::Moment;

/// How many are named.
const NAMED: usize = 5;

/// The connections of a pool.
#[derive(Debug, Default)]
pub(super) struct Holders(Mutex<Vec<Arc<Usage>>>);

/// What one connection is used for. Written by whoever has it, read by whoever asks.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// The moment when it was taken; 0 while nobody has it.
    taken: AtomicU64,
    /// The number of its transaction; 0 outside of one.
    transaction: AtomicU64,
}

impl Usage {
    pub(super) fn taken(&self, at: Moment) {
        self.taken.store(at.0, Ordering::Relaxed);
    }

    pub(super) fn begins(&self, transaction: u64) {
        self.transaction.store(transaction, Ordering::Relaxed);
    }

    pub(super) fn ends(&self) {
        self.transaction.store(0, Ordering::Relaxed);
    }

    pub(super) fn given_back(&self) {
        self.taken.store(0, Ordering::Relaxed);
    }
}

impl Holders {
    fn all(&self) -> MutexGuard<'_, Vec<Arc<Usage>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more connection.
    pub(super) fn add(&self) -> Arc<Usage> {
        let usage = Arc::default();
        self.all().push(Arc::clone(&usage));
        usage
    }

    pub(super) fn remove(&self, usage: &Arc<Usage>) {
        self.all().retain(|other| !Arc::ptr_eq(other, usage));
    }

    /// How many connections there are, and how many of them somebody has.
    pub(super) fn count(&self) -> (usize, usize) {
        let all = self.all();
        (all.len(), all.iter().filter(|usage| usage.taken.load(Ordering::Relaxed) > 0).count())
    }

    /// Who has connections while all of so many are taken, those who have had them longest first.
    pub(super) fn describe(&self, size: usize, now: Moment) -> String {
        let read = |usage: &Arc<Usage>| {
            (Moment(usage.taken.load(Ordering::Relaxed)), usage.transaction.load(Ordering::Relaxed))
        };
        let mut held: Vec<_> = self.all().iter().map(read).filter(|(taken, _)| taken.0 > 0).collect();
        held.sort_unstable();
        let mut text = String::new();
        for (taken, transaction) in held.iter().take(NAMED) {
            let time = now.since(*taken).as_secs_f64();
            let comma = if text.is_empty() { "" } else { ", " };
            // Writing to a string does not fail.
            let _ = match transaction {
                0 => write!(text, "{comma}a statement or stream for {time:.1} s"),
                number => write!(text, "{comma}transaction {number} for {time:.1} s"),
            };
        }
        if held.len() > NAMED {
            let _ = write!(text, " and {} more", held.len() - NAMED);
        }
        if held.len() < size {
            let comma = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{comma}{} being opened", size - held.len());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Holders, Moment};

    #[test]
    fn the_longest_are_named_first_and_the_rest_counted() {
        let holders = Holders::default();
        let second = |n: u64| Moment(n * 1_000_000_000);
        let describe = |size| holders.describe(size, second(100));
        let all: Vec<_> = (0..9).map(|_| holders.add()).collect();
        assert_eq!((describe(0).as_str(), holders.count()), ("", (9, 0)));
        all[0].taken(second(98));
        all[1].taken(second(69));
        all[1].begins(7);
        assert_eq!(
            (describe(3).as_str(), holders.count()),
            ("transaction 7 for 31.0 s, a statement or stream for 2.0 s, 1 being opened", (9, 2))
        );
        all[1].given_back();
        holders.remove(&all[2]);
        assert_eq!(holders.count(), (8, 1));
        for usage in &all {
            usage.taken(second(100));
        }
        assert!(describe(8).ends_with("a statement or stream for 0.0 s and 3 more"));
        assert_eq!(describe(8).matches(" for ").count(), 5);
    }
}
