//! The pool: bare connections, each with the marks that tell whether it may be used again.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use deadpool::managed::{Object, Pool as Deadpool, PoolConfig, PoolError, QueueMode, TimeoutType, Timeouts};
use tokio::runtime;
use tokio::task::AbortHandle;

use super::held;
use super::limits::last_taken;
use super::metrics::{Counters, pool_event};
use super::opener::{Member, Opener};
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

/// How long a call that does not wait waits. The opener has a deadline of its own.
const AT_ONCE: Timeouts = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };

/// Why connections are closed.
const CLOSED: &str = "its Db was closed";
const LOST: &str = "it was lost, or a statement on it was given up half-way";

/// The connections of one `Db`.
pub(super) struct Pool {
    inner: Deadpool<Opener>,
    pub(super) shared: Arc<Shared>,
    acquire_timeout: Duration,
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
        let &Settings { size, acquire_timeout, .. } = settings;
        let shared = Arc::new(shared);
        let config = PoolConfig {
            max_size: size,
            timeouts: Timeouts { wait: Some(acquire_timeout), ..AT_ONCE },
            // The one used last is the warmest; the others may go idle.
            queue_mode: QueueMode::Lifo,
        };
        let inner = Deadpool::builder(Opener::new(connector, Arc::clone(&shared), settings))
            .config(config)
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Configuration(error.to_string().into()))?;
        let mut pool = Self { inner, shared, acquire_timeout, size, sweep: None };
        let mut opened = Vec::new();
        for _ in 0..settings.min {
            opened.push(pool.acquire().await?);
        }
        drop(opened);
        pool.sweep = sweep::start(pool.inner.weak(), settings);
        Ok(pool)
    }

    /// A connection that is ready for a statement.
    pub(super) async fn acquire(&self) -> Result<Held> {
        // One that is free is taken without a timer; nobody is overtaken, since what comes free goes to those who wait.
        let object = match self.inner.timeout_get(&AT_ONCE).await {
            Err(PoolError::Timeout(TimeoutType::Wait)) => Box::pin(self.wait()).await,
            other => other.map_err(|error| self.error(error)),
        };
        let mut held = self.held(object?);
        if held.session().is_ready() {
            return Ok(held);
        }
        // A server that does not answer would cost a deadline for each of its connections.
        let after = self.acquire_timeout;
        // Boxed, so that the common case does not carry the room for it.
        tokio::time::timeout(after, Box::pin(self.make_ready(held)))
            .await
            .unwrap_or_else(|_| Err(self.missed(Error::Timeout { operation: Operation::Acquire, after })))
    }

    async fn make_ready(&self, mut held: Held) -> Result<Held> {
        // One that cannot be made ready is out of the pool for good, so this comes to an end.
        while !held.session().is_ready() && !held.session().prepare().await {
            held.discard("it could not be made ready");
            held = self.held(self.inner.get().await.map_err(|error| self.error(error))?);
        }
        Ok(held)
    }

    /// Waits for one to come free.
    async fn wait(&self) -> Result<Object<Opener>> {
        if held::by_callers(&self.shared) >= self.size {
            return Err(Error::HeldByTransaction { size: self.size });
        }
        let object = {
            let _waiting = self.shared.counters.wait();
            pool_event!(DEBUG, self.shared, "a call waits for a connection");
            self.inner.get().await
        };
        object.map_err(|error| self.error(error))
    }

    /// Notes who has it, and since when.
    fn held(&self, mut object: Object<Opener>) -> Held {
        if object.session.leave_transaction() {
            object.entry.usage.ends();
        }
        self.shared.holders.taken(&object.entry.usage, last_taken(Object::metrics(&object)));
        Held { object: Some(object), recovering: false }
    }

    fn error(&self, error: PoolError<Error>) -> Error {
        match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => Error::Closed,
            PoolError::Timeout(TimeoutType::Wait) => {
                let holders = Box::new(self.shared.holders.describe(self.size));
                self.missed(Error::PoolExhausted { size: self.size, after: self.acquire_timeout, holders })
            }
            other
            @ (PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => {
                Error::Configuration(other.to_string().into())
            }
        }
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
        self.shared.closed.store(true, Ordering::Release);
        let idle = self.inner.retain(|_, _| false).removed;
        self.inner.close();
        for member in idle {
            let Member { session, mut entry, .. } = *member;
            entry.reason = CLOSED;
            drop(entry);
            session.close().await;
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    #[cfg(test)]
    pub(super) fn open_connections(&self) -> usize {
        self.inner.status().size
    }
}

/// A connection out of the pool. Dropping it decides what becomes of it.
pub(super) struct Held {
    object: Option<Object<Opener>>,
    /// Whether this is the background task that cleans up: there is no further one behind it.
    recovering: bool,
}

impl Held {
    fn member(&mut self) -> &mut Member {
        self.object.as_mut().expect("the connection is there until it is dropped or discarded")
    }

    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.member().session
    }

    pub(super) fn peek(&self) -> &Session {
        let member = self.object.as_ref();
        &member.expect("the connection is there until it is dropped or discarded").session
    }

    /// Notes which transaction it is used for, for the errors and logs of others.
    pub(super) fn begins(&self, transaction: u64) {
        if let Some(object) = &self.object {
            object.entry.usage.begins(transaction);
        }
    }

    /// Throws the connection away; the pool may open another.
    fn discard(mut self, reason: &'static str) {
        if let Some(object) = self.object.take() {
            throw_away(object, reason);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        match object.session.condition() {
            Condition::Ready if object.session.is_closing() => {
                let mut member = Object::take(object);
                member.entry.reason = CLOSED;
                farewell(member);
            }
            Condition::Ready => give_back(object),
            Condition::Lost if object.session.is_dirty() => self.in_background(object, abandon),
            Condition::Lost => throw_away(object, LOST),
            Condition::Undo => self.in_background(object, undo),
        }
    }
}

impl Held {
    /// Hands the connection to a task that cleans up, where there can be one. It counts as in use meanwhile, so that those who give up
    /// many statements do not pile up work on the server.
    fn in_background<F: Future<Output = ()> + Send + 'static>(
        &self,
        object: Object<Opener>,
        task: impl FnOnce(Self) -> F,
    ) {
        match runtime::Handle::try_current() {
            Ok(runtime) if !self.recovering => {
                drop(runtime.spawn(task(Self { object: Some(object), recovering: true })));
            }
            // Whoever takes it next rolls back first.
            _ if object.session.condition() == Condition::Undo && object.session.survives_cancel() => {
                give_back(object);
            }
            // The server rolls back when the connection ends.
            _ => throw_away(object, LOST),
        }
    }
}

fn give_back(object: Object<Opener>) {
    object.entry.usage.given_back();
    drop(object);
}

fn throw_away(object: Object<Opener>, reason: &'static str) {
    let mut member = Object::take(object);
    member.entry.reason = reason;
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

/// Says good-bye in the background, where there is one.
#[expect(clippy::boxed_local, reason = "as the pool keeps it")]
pub(super) fn farewell(member: Box<Member>) {
    if let Ok(runtime) = runtime::Handle::try_current() {
        runtime.spawn(member.session.close());
    }
}
