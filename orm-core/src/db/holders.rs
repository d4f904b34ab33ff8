//! Who holds the connections of a pool, and for how long.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many are named.
const NAMED: usize = 5;

/// The connections of a pool.
#[derive(Debug)]
pub(super) struct Holders {
    start: Instant,
    all: Mutex<Vec<Arc<Usage>>>,
}

/// What one connection is used for. Written by whoever has it, read by whoever asks.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// When it was taken, in nanoseconds since the start of the pool; 0 while nobody has it.
    taken: AtomicU64,
    /// The number of its transaction; 0 outside of one.
    transaction: AtomicU64,
}

impl Usage {
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
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), all: Mutex::default() }
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Usage>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
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

    pub(super) fn taken(&self, usage: &Usage, at: Instant) {
        usage.taken.store(self.nanos(at), Ordering::Relaxed);
    }

    /// How many connections there are, and how many of them somebody has.
    pub(super) fn count(&self) -> (usize, usize) {
        let all = self.all();
        (all.len(), all.iter().filter(|usage| usage.taken.load(Ordering::Relaxed) > 0).count())
    }

    /// Who has connections while all of so many are taken, those who have had them longest first.
    pub(super) fn describe(&self, size: usize) -> String {
        let now = self.nanos(Instant::now());
        let read = |usage: &Arc<Usage>| {
            (usage.taken.load(Ordering::Relaxed), usage.transaction.load(Ordering::Relaxed))
        };
        let mut held: Vec<_> = self.all().iter().map(read).filter(|(taken, _)| *taken > 0).collect();
        held.sort_unstable();
        let mut text = String::new();
        for (taken, transaction) in held.iter().take(NAMED) {
            let time = Duration::from_nanos(now.saturating_sub(*taken)).as_secs_f64();
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

    /// The time since the start, never 0.
    fn nanos(&self, at: Instant) -> u64 {
        let time = at.saturating_duration_since(self.start);
        (time.as_secs() * 1_000_000_000 + u64::from(time.subsec_nanos())).max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Holders;

    #[test]
    fn the_longest_are_named_first_and_the_rest_counted() {
        let mut holders = Holders::new();
        let now = Instant::now();
        holders.start = now.checked_sub(Duration::from_secs(100)).unwrap_or(now);
        let since = |seconds| now.checked_sub(Duration::from_secs(seconds)).unwrap_or(now);
        let all: Vec<_> = (0..9).map(|_| holders.add()).collect();
        assert_eq!((holders.describe(0).as_str(), holders.count()), ("", (9, 0)));
        holders.taken(&all[0], since(2));
        holders.taken(&all[1], since(31));
        all[1].begins(7);
        assert_eq!(
            (holders.describe(3).as_str(), holders.count()),
            ("transaction 7 for 31.0 s, a statement or stream for 2.0 s, 1 being opened", (9, 2))
        );
        all[1].given_back();
        holders.remove(&all[2]);
        assert_eq!(holders.count(), (8, 1));
        for usage in &all {
            holders.taken(usage, now);
        }
        assert!(holders.describe(8).ends_with("a statement or stream for 0.0 s and 3 more"));
        assert_eq!(holders.describe(8).matches(" for ").count(), 5);
    }
}
