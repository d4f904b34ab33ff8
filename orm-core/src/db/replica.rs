//! Replicas: which of them take reads, and which are out for now.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime;
use tokio::sync::Notify;

use super::backoff::doubled;
use super::pool::Pool;
use crate::driver::{Cells, Flow, RowSink, Statement};
use crate::error::{Error, Operation, Result};
use crate::sql::Dialect;
use crate::value::Value;

/// How often a replica that is in use is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// After how long one that failed is looked at for the first time; that doubles from time to time,
const FIRST_LOOK: Duration = Duration::from_millis(100);
/// up to this.
const LAST_LOOK: Duration = Duration::from_secs(10);

/// What becomes of a read when no replica is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoReplica {
    /// The primary answers it.
    #[default]
    UsePrimary,
    /// It is [`Error::NoReplica`].
    Fail,
}

/// The replicas of a database.
pub(super) struct Replicas {
    list: Vec<Arc<Replica>>,
    pub(super) otherwise: NoReplica,
}

/// One of them.
pub(super) struct Replica {
    pub(super) pool: Pool,
    weight: u32,
    dialect: &'static dyn Dialect,
    most_behind: Option<Duration>,
    is_out: AtomicBool,
    /// Tells who watches it that it was left out.
    left: Arc<Notify>,
    failures: AtomicU32,
}

impl Replicas {
    pub(super) fn new(list: Vec<Replica>, otherwise: NoReplica) -> Self {
        let list: Vec<_> = list.into_iter().map(Arc::new).collect();
        // Without a runtime nobody could have connected.
        if let Ok(runtime) = runtime::Handle::try_current() {
            for replica in &list {
                drop(runtime.spawn(watch(Arc::downgrade(replica), Arc::clone(&replica.left))));
            }
        }
        Self { list, otherwise }
    }

    /// One of those that are in use, by their weights.
    pub(super) fn pick(&self) -> Option<&Arc<Replica>> {
        let usable = || self.list.iter().filter(|replica| !replica.is_out());
        let total: u64 = usable().map(|replica| u64::from(replica.weight)).sum();
        let mut place = if total > 0 { fastrand::u64(..total) } else { 0 };
        usable().find(|replica| {
            let weight = u64::from(replica.weight);
            let found = place < weight;
            place = place.saturating_sub(weight);
            found
        })
    }

    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    pub(super) async fn close(&self) {
        for replica in &self.list {
            replica.pool.close().await;
        }
    }
}

impl Replica {
    pub(super) fn new(
        pool: Pool,
        weight: u32,
        dialect: &'static dyn Dialect,
        most_behind: Option<Duration>,
    ) -> Self {
        let (is_out, failures) = (AtomicBool::new(false), AtomicU32::new(0));
        Self { pool, weight, dialect, most_behind, is_out, left: Arc::new(Notify::new()), failures }
    }

    fn is_out(&self) -> bool {
        self.is_out.load(Ordering::Relaxed)
    }

    /// Takes it out until it answers again.
    pub(super) fn leave_out(&self, reason: &dyn std::fmt::Display) {
        if !self.is_out.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: "orm_core::replica", %reason, "a replica is left out");
            self.left.notify_one();
        }
    }

    /// Asks whether it is there, and not too far behind.
    async fn look(&self) -> Result<()> {
        let mut held = self.pool.acquire().await?;
        let mut status = Status::default();
        match self.dialect.replica_status_sql().filter(|_| self.most_behind.is_some()) {
            Some(sql) => {
                // Statements may have no deadline; this has one, or a frozen replica would never be left out.
                let limit = Some(held.session().upkeep_limit());
                held.session().run(limit, Statement::Text(sql), &[], &mut status).await?;
            }
            None => {
                held.session().ask().await?;
            }
        }
        match (self.most_behind, status.behind) {
            (Some(most), Some(Some(seconds))) if Duration::from_secs(seconds) > most => {
                Err(Error::Unsupported(format!("it is {seconds} s behind").into()))
            }
            (Some(_), Some(None)) => Err(Error::Unsupported("its replication has stopped".into())),
            _ => Ok(()),
        }
    }

    /// After how long to look again.
    fn pause(&self) -> Duration {
        match self.failures.load(Ordering::Relaxed) {
            0 => BETWEEN_LOOKS,
            failures => doubled(FIRST_LOOK, failures, LAST_LOOK).mul_f64(0.5 + fastrand::f64() / 2.0),
        }
    }
}

/// Looks at a replica for as long as there is one: takes it out, and back.
async fn watch(replica: Weak<Replica>, left: Arc<Notify>) {
    let mut pause = BETWEEN_LOOKS;
    loop {
        if tokio::time::timeout(pause, left.notified()).await.is_ok() {
            // A call found it to be down just now.
            tokio::time::sleep(FIRST_LOOK).await;
        }
        let Some(replica) = replica.upgrade() else { return };
        match replica.look().await {
            Ok(()) => {
                replica.failures.store(0, Ordering::Relaxed);
                if replica.is_out.swap(false, Ordering::Relaxed) {
                    tracing::info!(target: "orm_core::replica", "a replica is back");
                }
            }
            Err(Error::Closed) => return,
            // It is busy, which says nothing of it.
            Err(Error::PoolExhausted { .. }) => {}
            Err(error) => {
                replica.leave_out(&error);
                replica.failures.fetch_add(1, Ordering::Relaxed);
            }
        }
        pause = replica.pause();
    }
}

/// Whether this error is about the server, and another one may answer.
pub(super) fn is_down(error: &Error) -> bool {
    matches!(
        error,
        Error::ConnectionRefused(_)
            | Error::ConnectionLost(_)
            | Error::AccessDenied { .. }
            | Error::UnknownDatabase(_)
    ) || matches!(error, Error::Timeout { operation: Operation::Connect, .. })
        || error.is_of_one_cut_off()
}

/// Reads how far a replica is behind: nothing where it is none, `None` inside where it has stopped.
#[derive(Default)]
struct Status {
    column: Option<usize>,
    behind: Option<Option<u64>>,
}

impl RowSink for Status {
    fn wants_columns(&self) -> bool {
        true
    }

    fn columns(&mut self, names: &[&str]) -> Result<()> {
        self.column = names.iter().position(|name| name.starts_with("Seconds_Behind_"));
        Ok(())
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        if let Some(column) = self.column {
            let seconds = match cells.take(column) {
                Value::UInt(seconds) => Some(seconds),
                Value::Int(seconds) => u64::try_from(seconds).ok(),
                Value::Bytes(text) => std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()),
                Value::Text(text) => text.parse().ok(),
                _ => None,
            };
            self.behind = Some(seconds);
        }
        Ok(Flow::Continue)
    }
}
