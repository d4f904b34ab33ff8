//! How long a connection may live, and how long it may lie idle.

use std::time::Duration;

use super::clock::Moment;

/// The limits of one connection.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits {
    /// The longest that it is used again after it was last taken.
    idle: Option<Duration>,
    /// When it is too old to be used again.
    until: Option<Moment>,
}

impl Limits {
    /// As the pool is told, the age from now on less up to a tenth, so that connections that were opened together do not all end together.
    pub(super) fn new(idle: Option<Duration>, age: Option<Duration>, now: Moment) -> Self {
        // A moment that is too far away to be counted never comes.
        let until = age.and_then(|age| now.after(less(age, fastrand::f64())));
        Self { idle, until }
    }

    /// Shortened where the server ends connections that are idle for so long.
    pub(super) fn within(mut self, server: Option<Duration>) -> Self {
        if let Some(server) = server {
            let safe = less(server / 10 * 9, fastrand::f64());
            self.idle = Some(self.idle.map_or(safe, |idle| idle.min(safe)));
        }
        self
    }

    /// Why a connection that was last taken so long ago is not used any more; `None` where it is.
    pub(super) fn expired(&self, rest: Duration, now: Moment) -> Option<&'static str> {
        if self.until.is_some_and(|until| now > until) {
            Some("it reached max_lifetime")
        } else if self.idle.is_some_and(|idle| rest > idle) {
            Some("it was idle for too long")
        } else {
            None
        }
    }
}

/// A time, less this share of a tenth of it.
fn less(time: Duration, share: f64) -> Duration {
    // In this order, since the longest time of all cannot be multiplied.
    time - (time / 10).mul_f64(share)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limits, Moment};

    const NOW: Moment = Moment(1);

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_old_or_idle_expires() {
        let after = |limits: Limits, time| limits.expired(time, NOW.after(time).unwrap());
        assert_eq!(after(Limits::new(None, None, NOW), secs(1_000_000)), None);
        let longest = Some(Duration::MAX);
        assert_eq!(after(Limits::new(longest, longest, NOW).within(longest), secs(1_000_000)), None);
        for _ in 0..100 {
            let limits = Limits::new(None, Some(secs(100)), NOW);
            assert_eq!(after(limits, secs(90)), None);
            assert!(after(limits, secs(101)).is_some());
            let limits = Limits::new(Some(secs(100)), None, NOW);
            assert_eq!(after(limits, secs(100)), None);
            assert!(after(limits, secs(101)).is_some());
        }
    }

    #[test]
    fn the_server_shortens_what_may_be_idle() {
        for idle in [None, Some(secs(1000)), Some(secs(100))] {
            let limits = Limits::new(idle, None, NOW).within(Some(secs(100)));
            // Only the last use counts.
            let after = |time| limits.expired(time, NOW.after(secs(500) + time).unwrap());
            assert_eq!(after(secs(80)), None);
            assert!(after(secs(91)).is_some());
        }
    }
}
