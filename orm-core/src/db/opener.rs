//! Opens connections for the pool, and looks at those that come back out of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};

use super::backoff::{Backoff, passes};
use super::holders::Usage;
use super::limits::{Limits, last_taken};
use super::metrics::{Counters, pool_event};
use super::pace::Pace;
use super::pool::Settings;
use super::session::{Condition, Session};
use super::shared::Shared;
use crate::driver::Connector;
use crate::error::{Error, Operation, Result};

/// A connection that was not used for this long is asked whether its server is still there. Servers close those that are idle for a time that is
/// told in whole seconds.
const IDLE_BEFORE_PING: Duration = Duration::from_millis(500);

/// What deadpool calls the manager.
pub(super) struct Opener {
    connector: Arc<dyn Connector>,
    shared: Arc<Shared>,
    connect_timeout: Duration,
    idle_timeout: Option<Duration>,
    max_lifetime: Option<Duration>,
    backoff: Backoff,
    pace: Pace,
}

/// A connection of the pool.
pub(super) struct Member {
    pub(super) session: Session,
    pub(super) limits: Limits,
    pub(super) entry: Entry,
}

/// A connection's place in the list of all. Dropping it means that the connection is closed.
pub(super) struct Entry {
    pub(super) usage: Arc<Usage>,
    /// Why it is closed, for the log.
    pub(super) reason: &'static str,
    shared: Arc<Shared>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.shared.holders.remove(&self.usage);
        Counters::add(&self.shared.counters.closed);
        pool_event!(DEBUG, self.shared, reason = self.reason, "a connection was closed");
    }
}

impl Opener {
    pub(super) fn new(connector: Arc<dyn Connector>, shared: Arc<Shared>, settings: &Settings) -> Self {
        Self {
            connector,
            shared,
            connect_timeout: settings.connect_timeout,
            idle_timeout: settings.idle_timeout,
            max_lifetime: settings.max_lifetime,
            backoff: Backoff::new(settings.connect_timeout),
            pace: Pace::new(settings.connects_per_second, settings.size),
        }
    }

    /// Opens a connection once it is time for it, all within the connect deadline.
    async fn open(&self) -> Result<Session> {
        let after = self.connect_timeout;
        let mut began = None;
        let opened = tokio::time::timeout(after, async {
            let failures = self.backoff.pause().await;
            self.pace.turn().await;
            began = Some(failures);
            let epoch = self.shared.epoch.load(Ordering::Relaxed);
            Ok(Session::new(self.connector.connect().await?, epoch, Arc::clone(&self.shared)))
        });
        let opened = opened.await.unwrap_or(Err(Error::Timeout { operation: Operation::Connect, after }));
        match (&opened, began) {
            (Ok(_), _) => self.backoff.succeeded(),
            (Err(error), Some(failures)) if passes(error) => self.backoff.failed(failures),
            (Err(_), _) => {}
        }
        opened
    }
}

impl Manager for Opener {
    // Boxed, since deadpool moves it in and out with each use.
    type Type = Box<Member>;
    type Error = Error;

    async fn create(&self) -> Result<Box<Member>> {
        // Boxed, so that whoever gets one that is open does not carry the room for it.
        match Box::pin(self.open()).await {
            Ok(session) => {
                let limits = Limits::new(self.idle_timeout, self.max_lifetime).within(session.idle_limit());
                let shared = Arc::clone(&self.shared);
                let entry = Entry { usage: shared.holders.add(), reason: "its Db is gone", shared };
                Counters::add(&self.shared.counters.connects);
                pool_event!(DEBUG, self.shared, "a connection was opened");
                Ok(Box::new(Member { session, limits, entry }))
            }
            Err(error) => {
                Counters::add(&self.shared.counters.connect_failures);
                pool_event!(WARN, self.shared, %error, "a connection could not be opened");
                Err(error)
            }
        }
    }

    // Only looks, never waits: a caller that goes away while deadpool waits here loses the connection, which for a database
    // in memory is the database. What takes time is done in `Pool::make_ready`.
    async fn recycle(&self, member: &mut Box<Member>, metrics: &Metrics) -> RecycleResult<Error> {
        let now = Instant::now();
        let rest = now.saturating_duration_since(last_taken(metrics));
        let reason = if member.session.condition() == Condition::Lost {
            Some("it was lost")
        } else {
            member.limits.expired_after(rest, now)
        };
        if let Some(reason) = reason {
            member.entry.reason = reason;
            return Err(RecycleError::message(reason));
        }
        member.session.idle = rest > IDLE_BEFORE_PING;
        Ok(())
    }
}
