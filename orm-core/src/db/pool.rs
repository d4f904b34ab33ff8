//! The pool: bare connections, each with the marks that tell whether it may be used again.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use deadpool::managed::{
    Manager, Metrics, Object, Pool as Deadpool, PoolConfig, PoolError, QueueMode, RecycleError,
    RecycleResult, TimeoutType, Timeouts,
};
use tokio::runtime;

use super::held;
use super::session::{Condition, Session};
use super::shared::Shared;
use crate::driver::{Connector, Control};
use crate::error::{Error, Operation, Result};

/// A connection that was not used for this long is asked whether its server is still there. Servers close those that are idle for a time that is
/// told in whole seconds.
const IDLE_BEFORE_PING: Duration = Duration::from_millis(500);
/// How long a connection whose statement was given up counts as in use, while the server is told.
const IN_USE_MEANWHILE: Duration = Duration::from_secs(1);

/// What deadpool calls the manager.
pub(super) struct Opener {
    connector: Arc<dyn Connector>,
    shared: Arc<Shared>,
}

impl Manager for Opener {
    type Type = Session;
    type Error = Error;

    async fn create(&self) -> Result<Session> {
        let epoch = self.shared.epoch.load(Ordering::Relaxed);
        Ok(Session::new(self.connector.connect().await?, epoch, Arc::clone(&self.shared)))
    }

    // Only looks, never waits: a caller that goes away while deadpool waits here loses the connection, which for a database
    // in memory is the database. What takes time is done in `Held::prepare`.
    async fn recycle(&self, session: &mut Session, metrics: &Metrics) -> RecycleResult<Error> {
        if session.condition() == Condition::Lost {
            return Err(RecycleError::message("lost"));
        }
        session.idle = metrics.last_used() > IDLE_BEFORE_PING;
        Ok(())
    }
}

/// The connections of one `Db`.
pub(super) struct Pool {
    inner: Deadpool<Opener>,
    pub(super) shared: Arc<Shared>,
    connect_timeout: Duration,
    acquire_timeout: Duration,
    pub(super) size: usize,
}

impl Pool {
    pub(super) fn new(
        connector: Arc<dyn Connector>,
        size: usize,
        connect_timeout: Duration,
        acquire_timeout: Duration,
        shared: Shared,
    ) -> Result<Self> {
        let shared = Arc::new(shared);
        let config = PoolConfig {
            max_size: size,
            timeouts: Timeouts { wait: Some(acquire_timeout), create: Some(connect_timeout), recycle: None },
            // The one used last is the warmest; the others may go idle.
            queue_mode: QueueMode::Lifo,
        };
        let inner = Deadpool::builder(Opener { connector, shared: Arc::clone(&shared) })
            .config(config)
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Configuration(error.to_string().into()))?;
        Ok(Self { inner, shared, connect_timeout, acquire_timeout, size })
    }

    /// A connection that is ready for a statement.
    pub(super) async fn acquire(&self) -> Result<Held> {
        let mut held = self.take().await?;
        if held.session().is_ready() {
            return Ok(held);
        }
        // A server that does not answer would cost a deadline for each of its connections.
        let after = self.acquire_timeout;
        // Boxed, so that the common case does not carry the room for it.
        tokio::time::timeout(after, Box::pin(self.make_ready(held)))
            .await
            .unwrap_or(Err(Error::Timeout { operation: Operation::Acquire, after }))
    }

    async fn make_ready(&self, mut held: Held) -> Result<Held> {
        // One that cannot be made ready is out of the pool for good, so this comes to an end.
        while !held.session().is_ready() && !held.session().prepare().await {
            held.discard();
            held = self.take().await?;
        }
        Ok(held)
    }

    async fn take(&self) -> Result<Held> {
        // One that is free is taken without a timer; nobody is overtaken, since what comes free goes to those who wait.
        let at_once = Timeouts { wait: Some(Duration::ZERO), ..self.inner.timeouts() };
        let object = match self.inner.timeout_get(&at_once).await {
            Err(PoolError::Timeout(TimeoutType::Wait)) => {
                if held::by_callers(&self.shared) >= self.size {
                    return Err(Error::HeldByTransaction { size: self.size });
                }
                Box::pin(self.inner.get()).await
            }
            other => other,
        };
        let object = object.map_err(|error| self.error(error))?;
        let mut held = Held { object: Some(object), recovering: false };
        held.session().leave_transaction();
        Ok(held)
    }

    fn error(&self, error: PoolError<Error>) -> Error {
        match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => Error::Closed,
            PoolError::Timeout(TimeoutType::Wait) => {
                Error::PoolExhausted { size: self.size, after: self.acquire_timeout }
            }
            PoolError::Timeout(_) => {
                Error::Timeout { operation: Operation::Connect, after: self.connect_timeout }
            }
            other @ (PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => {
                Error::Configuration(other.to_string().into())
            }
        }
    }

    /// Refuses new callers and says good-bye on every connection that nobody uses.
    pub(super) async fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        let idle = self.inner.retain(|_, _| false).removed;
        self.inner.close();
        for session in idle {
            session.close().await;
        }
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
    pub(super) fn session(&mut self) -> &mut Session {
        self.object.as_mut().expect("the connection is there until it is dropped or discarded")
    }

    pub(super) fn peek(&self) -> &Session {
        self.object.as_ref().expect("the connection is there until it is dropped or discarded")
    }

    /// Throws the connection away; the pool may open another.
    pub(super) fn discard(mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        match object.condition() {
            Condition::Ready if object.is_closing() => farewell(Object::take(object)),
            Condition::Ready => drop(object),
            Condition::Lost if object.is_dirty() => self.in_background(object, abandon),
            Condition::Lost => drop(Object::take(object)),
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
            _ if object.condition() == Condition::Undo && object.survives_cancel() => drop(object),
            // The server rolls back when the connection ends.
            _ => drop(Object::take(object)),
        }
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

/// Says good-bye in the background, where there is one.
fn farewell(session: Session) {
    if let Ok(runtime) = runtime::Handle::try_current() {
        runtime.spawn(session.close());
    }
}
