//! Time as a pool counts it: one number, which is compared and subtracted at once.

use std::time::{Duration, Instant};

/// The clock of a pool.
#[derive(Debug)]
pub(super) struct Clock(Instant);

/// A moment in the life of a pool: nanoseconds since its start. Never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) u64);

impl Clock {
    /// A clock that starts now.
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn now(&self) -> Moment {
        let time = self.0.elapsed();
        Moment((time.as_secs() * 1_000_000_000 + u64::from(time.subsec_nanos())).max(1))
    }
}

impl Moment {
    /// How long ago another moment was.
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The moment so much later; `None` where that is too far away to be counted.
    pub(super) fn after(self, time: Duration) -> Option<Self> {
        u64::try_from(time.as_nanos()).ok().and_then(|time| self.0.checked_add(time)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Clock, Moment};

    #[test]
    fn moments_are_compared_and_subtracted() {
        let clock = Clock::start();
        let first = clock.now();
        std::thread::sleep(Duration::from_millis(2));
        let second = clock.now();
        assert!(first.0 > 0 && second > first);
        assert!(second.since(first) >= Duration::from_millis(2));
        assert_eq!(first.since(second), Duration::ZERO);
        assert_eq!(Moment(1).after(Duration::from_nanos(2)), Some(Moment(3)));
        assert_eq!(Moment(1).after(Duration::MAX), None);
        assert_eq!(Moment(u64::MAX).after(Duration::from_nanos(1)), None);
    }
}
