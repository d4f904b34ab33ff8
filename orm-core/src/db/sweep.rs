//! Closes connections that nobody has used for long.

use std::time::{Duration, Instant};

use deadpool::managed::WeakPool;
use futures_timer::Delay;
use tokio::task::AbortHandle;

use super::opener::Opener;
use super::pool::{self, Settings};

/// The shortest time between two looks.
const OFTEN: Duration = Duration::from_secs(1);

/// Starts the task that looks for them, where there is a limit. It ends with the pool.
pub(super) fn start(pool: WeakPool<Opener>, settings: &Settings) -> Option<AbortHandle> {
    let limit = settings.idle_timeout.into_iter().chain(settings.max_lifetime).min()?;
    let (period, min) = ((limit / 4).max(OFTEN), settings.min);
    let task = tokio::spawn(async move {
        loop {
            // A timer of tokio's would be looked at whenever the runtime waits, which is once or twice a statement.
            Delay::new(period).await;
            let Some(pool) = pool.upgrade().filter(|pool| !pool.is_closed()) else { return };
            let now = Instant::now();
            let (open, mut reasons) = (pool.status().size, Vec::new());
            // Those that were used longest ago come first.
            let expired = pool.retain(|member, metrics| {
                let spare = open > min + reasons.len();
                let reason = member.limits.expired(&metrics, now).filter(|_| spare);
                reasons.extend(reason);
                reason.is_none()
            });
            for (mut member, reason) in expired.removed.into_iter().zip(reasons) {
                member.entry.reason = reason;
                pool::farewell(member);
            }
        }
    });
    Some(task.abort_handle())
}
