//! What the pool has done, as numbers.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::Db;
use super::shared::Shared;

/// The target of the pool's events.
pub(super) const TARGET: &str = "orm_core::pool";

/// The state of a pool, and what has happened in it since it was opened. All are counts.
///
/// ```no_run
/// # async fn example(db: orm_core::db::Db) {
/// let metrics = db.pool_metrics();
/// println!("{} of {} connections in use, {} calls wait", metrics.in_use, metrics.max, metrics.waiting);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolMetrics {
    /// The most connections that may be open at a time.
    #[doc(alias = "pool.max")]
    pub max: usize,
    /// Connections that are open now.
    #[doc(alias = "pool.size")]
    pub open: usize,
    /// Those of them that nobody uses.
    #[doc(alias = "pool.available")]
    pub idle: usize,
    /// Those of them that somebody uses, or that are cleaned after use.
    #[doc(alias = "pool.using")]
    pub in_use: usize,
    /// Calls that wait for a connection now.
    #[doc(alias = "pool.waiting")]
    pub waiting: usize,
    /// Calls that have had to wait for one.
    pub waits: u64,
    /// Calls that got none within `acquire_timeout`.
    pub timeouts: u64,
    /// Connections that were opened.
    pub connects: u64,
    /// Connections that could not be opened.
    pub connect_failures: u64,
    /// Connections that were closed or lost.
    pub closed: u64,
}

impl Db {
    /// The state of the pool: for a dashboard, or to see why calls wait. It asks the database nothing. The numbers are read one after the
    /// other, so that under load one may be ahead of another.
    ///
    /// ```no_run
    /// # async fn example(db: orm_core::db::Db) {
    /// assert!(db.pool_metrics().open <= db.pool_metrics().max);
    /// # }
    /// ```
    #[doc(alias = "sequelize.connectionManager.pool")]
    pub fn pool_metrics(&self) -> PoolMetrics {
        self.pool().shared.metrics()
    }
}

/// What is counted as it happens.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) waiting: AtomicUsize,
    pub(super) waits: AtomicU64,
    pub(super) timeouts: AtomicU64,
    pub(super) connects: AtomicU64,
    pub(super) connect_failures: AtomicU64,
    pub(super) closed: AtomicU64,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl Shared {
    pub(super) fn metrics(&self) -> PoolMetrics {
        let (open, in_use) = self.holders.count();
        let counters = &self.counters;
        let total = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        PoolMetrics {
            max: self.size,
            open,
            idle: open - in_use,
            in_use,
            waiting: counters.waiting.load(Ordering::Relaxed),
            waits: total(&counters.waits),
            timeouts: total(&counters.timeouts),
            connects: total(&counters.connects),
            connect_failures: total(&counters.connect_failures),
            closed: total(&counters.closed),
        }
    }
}

/// An event of the pool with its metrics: `event!(level, shared, fields.., "message")`.
macro_rules! pool_event {
    ($level:ident, $shared:expr, $($rest:tt)+) => {{
        if tracing::enabled!(target: $crate::db::metrics::TARGET, tracing::Level::$level) {
            let metrics = $shared.metrics();
            tracing::event!(
                target: $crate::db::metrics::TARGET,
                tracing::Level::$level,
                backend = $shared.log.backend,
                max = metrics.max,
                open = metrics.open,
                idle = metrics.idle,
                in_use = metrics.in_use,
                waiting = metrics.waiting,
                waits = metrics.waits,
                timeouts = metrics.timeouts,
                connects = metrics.connects,
                connect_failures = metrics.connect_failures,
                closed = metrics.closed,
                $($rest)+
            );
        }
    }};
}
pub(super) use pool_event;
