//! The pause after a connection that could not be opened.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;

/// The longest pause after the first failure. It doubles with each further one.
const SHORTEST: Duration = Duration::from_millis(20);

/// The longest pause of all.
const LONGEST: Duration = Duration::from_secs(1);

/// How often connecting has failed since it last succeeded. The next attempt pauses for a random part of a time that doubles
/// with each failure, so that a server that comes back is not met by everybody at once.
#[derive(Debug)]
pub(super) struct Backoff {
    longest: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    failures: u32,
    last: Option<Instant>,
}

impl Backoff {
    /// A pause never takes more than half of the connect deadline: otherwise it would be all that there is time for.
    pub(super) fn new(connect_timeout: Duration) -> Self {
        Self { longest: LONGEST.min(connect_timeout / 2), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for as long as an attempt has to, and gives what [`Backoff::failed`] has to know of it.
    pub(super) async fn pause(&self) -> u32 {
        let State { failures, last } = *self.state();
        if let Some(last) = last {
            let pause = pause(failures, self.longest, fastrand::f64());
            tokio::time::sleep(pause.saturating_sub(last.elapsed())).await;
        }
        failures
    }

    pub(super) fn succeeded(&self) {
        *self.state() = State::default();
    }

    /// Notes a failure. Those of attempts that were under way together count as one.
    pub(super) fn failed(&self, began_after: u32) {
        let mut state = self.state();
        if state.failures == began_after {
            state.failures = state.failures.saturating_add(1);
        }
        state.last = Some(Instant::now());
    }
}

/// Whether an error may be gone the next time without anybody doing something about it.
pub(super) fn passes(error: &Error) -> bool {
    !matches!(
        error,
        Error::AccessDenied { .. }
            | Error::UnknownDatabase(_)
            | Error::Configuration(_)
            | Error::Unsupported(_)
    )
}

/// This share of the longest pause that so many failures ask for.
fn pause(failures: u32, longest: Duration, share: f64) -> Duration {
    doubled(SHORTEST, failures.saturating_sub(1), longest).mul_f64(share)
}

/// A time that has doubled so many times, up to the longest. Whoever waits takes a random part of it.
pub(super) fn doubled(first: Duration, times: u32, longest: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(times.min(20))).min(longest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Backoff, LONGEST, pause};

    #[test]
    fn pauses_double_up_to_the_longest() {
        let millis = |failures, share| pause(failures, LONGEST, share).as_millis();
        let all: Vec<_> = (1..=8).map(|failures| millis(failures, 1.0)).collect();
        assert_eq!(all, [20, 40, 80, 160, 320, 640, 1000, 1000]);
        assert_eq!(millis(u32::MAX, 1.0), 1000);
        assert_eq!((millis(3, 0.0), millis(3, 0.5)), (0, 40));
    }

    #[tokio::test]
    async fn failures_together_count_once_and_a_success_forgets_them() {
        let backoff = Backoff::new(Duration::from_secs(10));
        let (one, other) = (backoff.pause().await, backoff.pause().await);
        backoff.failed(one);
        backoff.failed(other);
        assert_eq!(backoff.state().failures, 1);
        backoff.failed(backoff.pause().await);
        assert_eq!(backoff.state().failures, 2);
        backoff.succeeded();
        assert_eq!(backoff.pause().await, 0);
    }
}
