//! Closes connections that nobody has used for long.

use std::sync::Arc;
use std::time::Duration;

use futures_timer::Delay;
use tokio::task::AbortHandle;

use super::opener::farewell;
use super::places::Places;
use super::pool::Settings;

/// The shortest time between two looks.
const OFTEN: Duration = Duration::from_secs(1);

/// Starts the task that looks for them, where there is a limit. It ends with the pool.
pub(super) fn start(places: &Arc<Places>, settings: &Settings) -> Option<AbortHandle> {
    let limit = settings.idle_timeout.into_iter().chain(settings.max_lifetime).min()?;
    let (period, min, places) = ((limit / 4).max(OFTEN), settings.min, Arc::downgrade(places));
    let task = tokio::spawn(async move {
        loop {
            // A timer of tokio's would be looked at whenever the runtime waits, which is once or twice a statement.
            Delay::new(period).await;
            let Some(places) = places.upgrade().filter(|places| !places.is_closed()) else { return };
            for member in places.spent(min) {
                farewell(member);
            }
        }
    });
    Some(task.abort_handle())
}
