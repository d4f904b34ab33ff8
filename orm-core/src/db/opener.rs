//! Opens connections for the pool.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::runtime;

use super::backoff::{Backoff, passes};
use super::clock::Moment;
use super::holders::Usage;
use super::limits::Limits;
use super::metrics::{Counters, pool_event};
use super::pace::Pace;
use super::pool::Settings;
use super::session::Session;
use super::shared::Shared;
use crate::driver::Connector;
use crate::error::{Error, Operation, Result};

/// A connection that was not used for this long is asked whether its server is still there. Servers close those that are idle for a time that is
/// told in whole seconds.
const IDLE_BEFORE_PING: Duration = Duration::from_millis(500);

/// Why a connection is closed.
pub(super) const CLOSED: &str = "its Db was closed";

/// What opens them.
pub(super) struct Opener {
    connector: Arc<dyn Connector>,
    shared: Arc<Shared>,
    connect_timeout: Duration,
    idle_timeout: Option<Duration>,
    max_lifetime: Option<Duration>,
    backoff: Backoff,
    pace: Pace,
}

/// A connection as the pool keeps it: it is moved with each use.
pub(super) type Kept = Box<Member>;

/// A connection of the pool.
pub(super) struct Member {
    pub(super) session: Session,
    pub(super) limits: Limits,
    pub(super) entry: Entry,
    /// When it was last taken, or opened.
    taken: Moment,
}

impl Member {
    /// Notes that somebody has it from now on.
    pub(super) fn take(&mut self, now: Moment) {
        self.session.idle = self.rest(now) > IDLE_BEFORE_PING;
        if self.session.leave_transaction() {
            self.entry.usage.ends();
        }
        self.taken = now;
        self.entry.usage.taken(now);
    }

    /// How long ago it was last taken.
    pub(super) fn rest(&self, now: Moment) -> Duration {
        now.since(self.taken)
    }

    /// Why it is not used again; `None` where it is.
    pub(super) fn spent(&self, now: Moment) -> Option<&'static str> {
        if self.session.is_of_use() { self.limits.expired(self.rest(now), now) } else { Some("it was lost") }
    }
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

/// Says good-bye in the background, where there is one.
#[expect(clippy::boxed_local, reason = "as the pool keeps it")]
pub(super) fn farewell(member: Kept) {
    if let Ok(runtime) = runtime::Handle::try_current() {
        runtime.spawn(member.session.close());
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

    /// Opens a connection, with its entry in the list of all.
    pub(super) async fn open(&self) -> Result<Kept> {
        match self.connect().await {
            Ok(session) => {
                let shared = Arc::clone(&self.shared);
                let now = shared.clock.now();
                let limits =
                    Limits::new(self.idle_timeout, self.max_lifetime, now).within(session.idle_limit());
                let entry = Entry { usage: shared.holders.add(), reason: "its Db is gone", shared };
                Counters::add(&self.shared.counters.connects);
                pool_event!(DEBUG, self.shared, "a connection was opened");
                Ok(Box::new(Member { session, limits, entry, taken: now }))
            }
            Err(error) => {
                Counters::add(&self.shared.counters.connect_failures);
                pool_event!(WARN, self.shared, %error, "a connection could not be opened");
                Err(error)
            }
        }
    }

    /// Connects once it is time for it, all within the connect deadline.
    async fn connect(&self) -> Result<Session> {
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
