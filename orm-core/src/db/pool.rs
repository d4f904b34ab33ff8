//! The pool: bare connections, each with the marks that tell whether it may be used again.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime;
use tokio::task::AbortHandle;

use super::clock::Moment;
use super::metrics::{Counters, pool_event};
use super::opener::{CLOSED, Kept, Member, Opener};
use super::places::{Place, Places, Turn};
use super::session::{Condition, Session};
use super::shared::Shared;
use super::sweep;
use crate::driver::{Connector, Control};
use crate::error::{Error, Operation, Result};

/// How long a connection whose statement was given up counts as in use, while the server is told.
const IN_USE_MEANWHILE: Duration = Duration::from_secs(1);

/// What a pool is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) size: usize,
    pub(super) min: usize,
    pub(super) connect_timeout: Duration,
    pub(super) acquire_timeout: Duration,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) max_lifetime: Option<Duration>,
    pub(super) connects_per_second: u32,
}

/// Why a connection is closed.
const LOST: &str = "it was lost, or a statement on it was given up half-way";

/// The connections of one `Db`.
pub(super) struct Pool {
    places: Arc<Places>,
    opener: Opener,
    pub(super) shared: Arc<Shared>,
    pub(super) size: usize,
    /// The task that closes idle connections.
    sweep: Option<AbortHandle>,
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(task) = &self.sweep {
            task.abort();
        }
    }
}

impl Pool {
    /// A pool with its first connections.
    pub(super) async fn open(
        connector: Arc<dyn Connector>,
        settings: &Settings,
        shared: Shared,
    ) -> Result<Self> {
        let shared = Arc::new(shared);
        let places = Places::new(Arc::clone(&shared), settings.acquire_timeout);
        let opener = Opener::new(connector, Arc::clone(&shared), settings);
        let mut pool = Self { places, opener, shared, size: settings.size, sweep: None };
        let mut opened = Vec::new();
        for _ in 0..settings.min {
            opened.push(pool.acquire().await?);
        }
        drop(opened);
        pool.sweep = sweep::start(&pool.places, settings);
        Ok(pool)
    }

    /// A connection that is ready for a statement.
    pub(super) async fn acquire(&self) -> Result<Held> {
        let Some(turn) = self.places.take().await? else { return Err(self.exhausted()) };
        let filled = match self.fill(turn) {
            Ok(held) if held.peek().is_ready() => return Ok(held),
            other => other,
        };
        // Boxed, like what is seldom needed elsewhere, so that the common case does not carry the room for it.
        Box::pin(self.make_ready(filled)).await
    }

    /// The connection that came with the place, or another one that rests.
    ///
    /// # Errors
    /// The place, where none rests.
    fn fill(&self, turn: Turn) -> Result<Held, Place> {
        let now = self.shared.clock.now();
        let (place, member) = turn.begin(now);
        match member {
            Some(member) => Ok(Held::new(member, place, now)),
            None => Err(place),
        }
    }

    /// Opens a connection where there is none, and asks one that is not known to be ready.
    async fn make_ready(&self, filled: Result<Held, Place>) -> Result<Held> {
        let held = self.have(filled).await?;
        if held.peek().is_ready() {
            return Ok(held);
        }
        // A server that does not answer would cost a deadline for each of its connections.
        let after = self.places.patience();
        tokio::time::timeout(after, self.ask(held))
            .await
            .unwrap_or_else(|_| Err(self.missed(Error::Timeout { operation: Operation::Acquire, after })))
    }

    async fn have(&self, filled: Result<Held, Place>) -> Result<Held> {
        match filled {
            Ok(held) => Ok(held),
            Err(place) => Ok(Held::new(self.opener.open().await?, place, self.shared.clock.now())),
        }
    }

    async fn ask(&self, mut held: Held) -> Result<Held> {
        // One that cannot be made ready is out of the pool for good, so this comes to an end.
        while !held.session().is_ready() && !held.session().prepare().await {
            let place = held.discard("it could not be made ready");
            held = self.have(self.fill(place.again())).await?;
        }
        Ok(held)
    }

    /// Why a call that waited for a place got none.
    #[cold]
    fn exhausted(&self) -> Error {
        let holders = Box::new(self.shared.holders.describe(self.size, self.shared.clock.now()));
        self.missed(Error::PoolExhausted { size: self.size, after: self.places.patience(), holders })
    }

    /// Counts a call that got no connection in time.
    #[cold]
    fn missed(&self, error: Error) -> Error {
        Counters::add(&self.shared.counters.timeouts);
        pool_event!(WARN, self.shared, %error, "a call got no connection in time");
        error
    }

    /// Refuses new callers and says good-bye on every connection that nobody uses.
    pub(super) async fn close(&self) {
        for member in self.places.close() {
            let Member { session, mut entry, .. } = *member;
            entry.reason = CLOSED;
            drop(entry);
            session.close().await;
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.places.is_closed()
    }
}

/// A connection out of the pool. Dropping it decides what becomes of it.
pub(super) struct Held {
    taken: Option<Taken>,
    /// Whether this is the background task that cleans up: there is no further one behind it.
    recovering: bool,
}

/// A connection and its place. The place comes free last.
struct Taken {
    member: Kept,
    place: Place,
}

impl Held {
    /// Notes who has it, and since when.
    fn new(mut member: Kept, place: Place, now: Moment) -> Self {
        member.take(now);
        Self { taken: Some(Taken { member, place }), recovering: false }
    }

    pub(super) fn session(&mut self) -> &mut Session {
        let taken = self.taken.as_mut();
        &mut taken.expect("the connection is there until it is dropped or discarded").member.session
    }

    pub(super) fn peek(&self) -> &Session {
        let taken = self.taken.as_ref();
        &taken.expect("the connection is there until it is dropped or discarded").member.session
    }

    /// Notes which transaction it is used for, for the errors and logs of others.
    pub(super) fn begins(&self, transaction: u64) {
        if let Some(taken) = &self.taken {
            taken.member.entry.usage.begins(transaction);
        }
    }

    /// Throws the connection away, and gives its place for another one.
    fn discard(mut self, reason: &'static str) -> Place {
        let taken = self.taken.take();
        taken.expect("the connection is there until it is dropped or discarded").throw_away(reason)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(taken) = self.taken.take() else { return };
        let session = &taken.member.session;
        match session.condition() {
            Condition::Ready => taken.give_back(),
            Condition::Lost if session.is_dirty() => self.in_background(taken, abandon),
            Condition::Lost => drop(taken.throw_away(LOST)),
            Condition::Undo => self.in_background(taken, undo),
        }
    }
}

impl Held {
    /// Hands the connection to a task that cleans up, where there can be one. It counts as in use meanwhile, so that those who give up
    /// many statements do not pile up work on the server.
    fn in_background<F: Future<Output = ()> + Send + 'static>(
        &self,
        taken: Taken,
        task: impl FnOnce(Self) -> F,
    ) {
        let session = &taken.member.session;
        match runtime::Handle::try_current() {
            Ok(runtime) if !self.recovering => {
                drop(runtime.spawn(task(Self { taken: Some(taken), recovering: true })));
            }
            // Whoever takes it next rolls back first.
            _ if session.condition() == Condition::Undo && session.survives_cancel() => taken.give_back(),
            // The server rolls back when the connection ends.
            _ => drop(taken.throw_away(LOST)),
        }
    }
}

impl Taken {
    fn give_back(self) {
        let Self { member, place } = self;
        member.entry.usage.given_back();
        place.leave(member);
    }

    fn throw_away(self, reason: &'static str) -> Place {
        let Self { mut member, place } = self;
        member.entry.reason = reason;
        place
    }
}

/// Ends what a dropped future left running on the server.
async fn abandon(mut held: Held) {
    let mut end = pin!(held.session().abandon());
    if tokio::time::timeout(IN_USE_MEANWHILE, &mut end).await.is_err() {
        // The server does not answer. Whoever waits for a connection may find another one that does.
        drop(held);
        end.await;
    }
}

/// Rolls back what a dropped future left behind. The connection stays out of the pool meanwhile.
async fn undo(mut held: Held) {
    let session = held.session();
    let deadline = Some(session.upkeep_limit());
    // Whether it worked shows in the connection's marks, which decide when `held` is dropped.
    let _ = session.control(Control::Rollback, deadline).await;
}
