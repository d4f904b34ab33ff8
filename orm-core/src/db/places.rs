//! The places of a pool: as many as it may have connections. Whoever has one has a connection, or opens one.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Semaphore, TryAcquireError};

use super::opener::Kept;
use super::shared::Shared;
use crate::error::{Error, Result};

/// The places of a pool, those who wait for one, and the connections that rest between two users.
pub(super) struct Places {
    /// A permit for each place that nobody has. They are given to those who wait in the order in which they came.
    free: Semaphore,
    /// The one used last, which is the warmest, at the end.
    resting: Mutex<Vec<Kept>>,
    shared: Arc<Shared>,
}

/// A place. Dropping it lets in whoever waits longest.
pub(super) struct Place(Arc<Places>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.free.add_permits(1);
    }
}

impl Place {
    /// A connection that rests and can be used again.
    pub(super) fn connection(&self, now: Instant) -> Option<Kept> {
        loop {
            let mut member = self.0.resting().pop()?;
            match member.spent(now) {
                Some(reason) => member.entry.reason = reason,
                None => return Some(member),
            }
        }
    }

    /// Leaves a connection there for the next one.
    ///
    /// # Errors
    /// The connection, where the pool was closed.
    pub(super) fn leave(&self, member: Kept) -> Result<(), Kept> {
        let mut resting = self.0.resting();
        // With the lock: `Places::close` takes everything after it has said so.
        if self.0.is_closed() {
            return Err(member);
        }
        resting.push(member);
        Ok(())
    }
}

impl Places {
    pub(super) fn new(shared: Arc<Shared>) -> Arc<Self> {
        let (free, resting) = (Semaphore::new(shared.size), Mutex::default());
        Arc::new(Self { free, resting, shared })
    }

    fn resting(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place, if one is free. Nobody is overtaken: what comes free goes to those who wait.
    pub(super) fn try_take(self: &Arc<Self>) -> Result<Option<Place>> {
        match self.free.try_acquire() {
            Ok(permit) => {
                permit.forget();
                Ok(Some(Place(Arc::clone(self))))
            }
            Err(TryAcquireError::NoPermits) => Ok(None),
            Err(TryAcquireError::Closed) => Err(Error::Closed),
        }
    }

    /// Waits for a place.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Place> {
        self.free.acquire().await.map_err(|_| Error::Closed)?.forget();
        Ok(Place(Arc::clone(self)))
    }

    /// Takes out the connections that have rested for too long, or are too old, but for so many of all that are open.
    pub(super) fn spent(&self, now: Instant, min: usize) -> Vec<Kept> {
        let (mut open, _) = self.shared.holders.count();
        // Those that were used longest ago come first.
        let spent = |member: &mut Kept| {
            let reason = if open > min { member.limits.expired(member.rest(now), now) } else { None };
            if let Some(reason) = reason {
                open -= 1;
                member.entry.reason = reason;
            }
            reason.is_some()
        };
        self.resting().extract_if(.., spent).collect()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    /// Lets nobody in any more, and gives the connections that nobody uses.
    pub(super) fn close(&self) -> Vec<Kept> {
        self.shared.closed.store(true, Ordering::Release);
        self.free.close();
        std::mem::take(&mut *self.resting())
    }
}
