//! How fast connections are opened one after the other.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// Lets so many pass at once, and after that one each time that `step` has gone by, in the order in which they came.
#[derive(Debug)]
pub(super) struct Pace {
    step: Duration,
    /// How far those may be ahead who pass at once.
    ahead: Duration,
    /// When all that have passed would have done so one by one.
    due: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(per_second: u32, at_once: usize) -> Self {
        let step = Duration::from_secs(1) / per_second.max(1);
        let more = u32::try_from(at_once.saturating_sub(1)).unwrap_or(u32::MAX);
        Self { step, ahead: step.saturating_mul(more), due: Mutex::new(Instant::now()) }
    }

    /// Waits for its turn. Who gives up while waiting takes nobody's place.
    pub(super) async fn turn(&self) {
        let mut due = self.due.lock().await;
        let wait = due.saturating_duration_since(Instant::now()).saturating_sub(self.ahead);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        *due = (*due).max(Instant::now()) + self.step;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Pace;

    #[tokio::test]
    async fn a_few_pass_at_once_and_the_others_one_by_one() {
        let pace = Pace::new(20, 3);
        let started = Instant::now();
        for _ in 0..7 {
            pace.turn().await;
        }
        // Four steps of 50 ms.
        assert!(started.elapsed() >= Duration::from_millis(195), "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn who_gives_up_takes_no_place() {
        let pace = Pace::new(10, 1);
        let started = Instant::now();
        pace.turn().await;
        for _ in 0..30 {
            let given_up = tokio::time::timeout(Duration::from_millis(1), pace.turn()).await;
            assert!(given_up.is_err() || started.elapsed() >= Duration::from_millis(99));
        }
        pace.turn().await;
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    }
}
