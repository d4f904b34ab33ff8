//! A connection with its marks: what was begun on it, and whether its reply was read.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use super::shared::Shared;
use crate::driver::{BoxFuture, Cells, Connection, Control, Done, Flow, ParamSource, RowSink, Statement};
use crate::error::{Error, Operation, Result};

/// What can be done with a connection that nobody uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// It can be used.
    Ready,
    /// It can be used once what is open on it has been rolled back.
    Undo,
    /// It cannot be used again.
    Lost,
}

/// One connection of a pool.
pub(super) struct Session {
    connection: Box<dyn Connection>,
    /// Set before a request is sent and taken back when its reply was read: a future dropped in between leaves it.
    dirty: bool,
    /// The caller's own SQL ran here and may have left settings behind.
    pub(super) touched: bool,
    /// It was not used for a while.
    pub(super) idle: bool,
    /// The number of the transaction it is in, for the log.
    pub(super) transaction: Option<u64>,
    /// That transaction was to read only.
    pub(super) read_only: bool,
    /// When that transaction has to be over.
    pub(super) until: Option<Deadline>,
    epoch: u64,
    shared: Arc<Shared>,
}

impl Session {
    pub(super) fn new(connection: Box<dyn Connection>, epoch: u64, shared: Arc<Shared>) -> Self {
        Self {
            connection,
            dirty: false,
            touched: false,
            idle: false,
            transaction: None,
            read_only: false,
            until: None,
            epoch,
            shared,
        }
    }

    /// Forgets the transaction that it was in, and says whether there was one.
    pub(super) fn leave_transaction(&mut self) -> bool {
        let was_in_one = self.transaction.take().is_some();
        (self.read_only, self.until) = (false, None);
        was_in_one
    }

    pub(super) fn condition(&self) -> Condition {
        if self.connection.is_broken()
            || self.leads_astray()
            || (self.dirty && !self.connection.survives_cancel())
        {
            Condition::Lost
        } else if self.dirty || self.connection.in_transaction() {
            Condition::Undo
        } else {
            Condition::Ready
        }
    }

    /// Whether it can be used again, be it after something is undone.
    pub(super) fn is_of_use(&self) -> bool {
        self.condition() != Condition::Lost
    }

    /// Whether a neighbour was told since that nothing can be written there, or others go to another node by now.
    fn leads_astray(&self) -> bool {
        self.connection.is_left() || self.epoch < self.shared.writable_since.load(Ordering::Relaxed)
    }

    /// Whether a statement can be sent without any question before it.
    pub(super) fn is_ready(&self) -> bool {
        self.condition() == Condition::Ready
            && !self.touched
            && !self.idle
            && self.epoch == self.shared.epoch.load(Ordering::Relaxed)
    }

    /// Makes it ready, or says that this is not possible.
    pub(super) async fn prepare(&mut self) -> bool {
        let deadline = Some(self.upkeep_limit());
        let epoch = self.shared.epoch.load(Ordering::Relaxed);
        if self.condition() == Condition::Undo && self.control(Control::Rollback, deadline).await.is_err() {
            return false;
        }
        let question = if self.touched { Control::Reset } else { Control::Ping };
        // It takes no longer than a statement may.
        let most = self.shared.statement_timeout.unwrap_or(Duration::MAX);
        let deadline = Some(Limit::of(self.shared.upkeep_timeout.min(most)));
        if self.control(question, deadline).await.is_err() || self.condition() != Condition::Ready {
            return false;
        }
        (self.touched, self.idle, self.epoch) = (false, false, epoch);
        true
    }

    /// Runs a statement for ourselves.
    pub(super) async fn run(
        &mut self,
        limit: Option<Limit>,
        statement: Statement<'_>,
        params: &dyn ParamSource,
        sink: &mut dyn RowSink,
    ) -> Result<Done> {
        let result = self.begin(limit, statement, params, sink).await;
        self.settle(result.as_ref().err());
        result
    }

    /// Begins a statement: marked, bounded, logged. What came of it is for [`Session::settle`].
    ///
    /// Two steps, and not one that waits in between: whoever waits for the driver is woken through every `async fn` that it is in, each of them
    /// out of the processor's caches by then.
    pub(super) fn begin<'s>(
        &'s mut self,
        limit: Option<Limit>,
        statement: Statement<'s>,
        params: &'s dyn ParamSource,
        sink: &'s mut dyn RowSink,
    ) -> BoxFuture<'s, Result<Done>> {
        let record = self.shared.log.start(statement.sql(), params, self.transaction);
        self.dirty = true;
        if record.is_none() && limit.is_none() {
            // Nobody watches: the driver talks to the sink itself.
            return self.connection.query(statement, params, sink);
        }
        Box::pin(async move {
            let paused = AtomicBool::new(false);
            let mut sink = Watched { sink, rows: 0, paused: &paused };
            let query = self.connection.query(statement, params, &mut sink);
            let result = match limit {
                None => query.await,
                Some(limit) => bounded_steps(limit, &paused, query).await,
            };
            if let Some(record) = &record {
                self.shared.log.finish(record, sink.rows, &result);
            }
            result
        })
    }

    /// How long the next statement may take: until its own deadline or that of the transaction, whichever comes first.
    ///
    /// # Errors
    /// [`Error::Timeout`] where the transaction should be over by now.
    pub(super) fn limit(&self) -> Result<Option<Limit>> {
        let statement =
            self.shared.statement_timeout.map(|time| Limit { time, after: time, of: Operation::Statement });
        let Some(until) = self.until else { return Ok(statement) };
        let time = until.at.saturating_duration_since(Instant::now());
        let limit = Limit { time, after: until.after, of: Operation::Transaction };
        if time.is_zero() {
            return limit.missed();
        }
        Ok(Some(statement.filter(|statement| statement.time < time).unwrap_or(limit)))
    }

    /// Runs one of our own commands: marked, bounded, and logged where it is part of a transaction.
    pub(super) async fn control(&mut self, command: Control, limit: Option<Limit>) -> Result<()> {
        let result = self.begin_control(command, limit).await;
        self.settle(result.as_ref().err());
        result
    }

    /// Begins it, in a step of its own as [`Session::begin`] is.
    fn begin_control(&mut self, command: Control, limit: Option<Limit>) -> BoxFuture<'_, Result<()>> {
        self.dirty = true;
        let is_logged = self.shared.log.is_read() && !matches!(command, Control::Ping | Control::Reset);
        if !is_logged && limit.is_none() {
            return self.connection.control(command);
        }
        Box::pin(async move {
            let text = match command {
                Control::Begin(begin) => begin.to_string().into(),
                Control::Commit => Cow::Borrowed("COMMIT"),
                Control::Rollback => Cow::Borrowed("ROLLBACK"),
                Control::Savepoint(step) => step.to_string().into(),
                Control::Ping | Control::Reset => Cow::Borrowed(""),
            };
            let record = if is_logged { self.shared.log.start(&text, &[], self.transaction) } else { None };
            let result = bounded(limit, self.connection.control(command)).await.map(|()| Done::default());
            if let Some(record) = record {
                self.shared.log.finish(&record, 0, &result);
            }
            result.map(drop)
        })
    }

    /// Takes the mark back where a reply was read, be it a refusal.
    pub(super) fn settle(&mut self, failure: Option<&Error>) {
        match failure {
            Some(Error::ConnectionLost(_)) => {
                // Its neighbours were probably connected to the same server.
                self.shared.epoch.fetch_add(1, Ordering::Relaxed);
            }
            Some(Error::Timeout { .. }) => {}
            // Another connection may reach a server that does, unless it was we who asked for reading only, or the database is embedded.
            Some(error @ Error::ReadOnly(_))
                if (!self.read_only || error.is_of_one_cut_off()) && !self.connection.survives_cancel() =>
            {
                self.dirty = false;
                // So do its neighbours, probably.
                let next = self.shared.epoch.fetch_add(1, Ordering::Relaxed) + 1;
                self.shared.writable_since.fetch_max(next, Ordering::Relaxed);
            }
            _ => self.dirty = false,
        }
    }

    /// Whether the last statement gave anything to its sink.
    pub(super) fn gave_rows(&self) -> bool {
        self.connection.gave_rows()
    }

    /// The pool that it is of.
    pub(super) fn pool(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Asks whether the server is there.
    pub(super) async fn ask(&mut self) -> Result<()> {
        let limit = Some(self.upkeep_limit());
        self.control(Control::Ping, limit).await
    }

    /// Whether a reply was never read.
    pub(super) fn is_dirty(&self) -> bool {
        self.dirty
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.connection.in_transaction()
    }

    pub(super) fn survives_cancel(&self) -> bool {
        self.connection.survives_cancel()
    }

    pub(super) fn bulk_id_step(&self) -> Option<u64> {
        self.connection.bulk_id_step()
    }

    pub(super) fn idle_limit(&self) -> Option<Duration> {
        self.connection.idle_limit()
    }

    pub(super) fn packet_limit(&self) -> usize {
        self.connection.packet_limit()
    }

    /// What bounds that which is asked for ourselves.
    pub(super) fn upkeep_limit(&self) -> Limit {
        Limit::of(self.shared.upkeep_timeout)
    }

    /// Ends what may still be running for a future that was dropped. It is not used after this.
    pub(super) fn abandon(&mut self) -> impl Future<Output = ()> + Send + use<> {
        let (most, end) = (self.shared.upkeep_timeout, self.connection.abandon());
        async move { drop(tokio::time::timeout(most, end).await) }
    }

    /// Says good-bye, for as long as that may take.
    pub(super) async fn close(self) {
        // A server that does not answer will notice by itself.
        let _ = tokio::time::timeout(self.shared.upkeep_timeout, self.connection.close()).await;
    }
}

/// A moment at which something has to be over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    /// How long that was to take in all.
    pub(super) after: Duration,
}

impl Deadline {
    pub(super) fn in_time(after: Duration) -> Self {
        let now = Instant::now();
        // One that is too far away to be counted is none for as long as anybody waits.
        let at = now.checked_add(after).unwrap_or_else(|| now + Duration::from_secs(60 * 60 * 24 * 365));
        Self { at, after }
    }
}

/// How long something may take, and what is said when it takes longer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    time: Duration,
    after: Duration,
    of: Operation,
}

impl Limit {
    /// So long for a statement that we run for ourselves.
    pub(super) fn of(time: Duration) -> Self {
        Self { time, after: time, of: Operation::Statement }
    }

    fn missed<T>(self) -> Result<T> {
        Err(Error::Timeout { operation: self.of, after: self.after })
    }
}

/// Waits no longer than the deadline.
async fn bounded<T>(limit: Option<Limit>, future: impl Future<Output = Result<T>>) -> Result<T> {
    match limit {
        None => future.await,
        Some(limit) => tokio::time::timeout(limit.time, future).await.unwrap_or_else(|_| limit.missed()),
    }
}

/// The same for a statement whose sink may pause: the time that its reader takes between two batches is the reader's own.
async fn bounded_steps<T>(
    limit: Limit,
    paused: &AtomicBool,
    mut future: BoxFuture<'_, Result<T>>,
) -> Result<T> {
    let mut alarm = pin!(tokio::time::sleep(limit.time));
    poll_fn(|context| {
        // A transaction's deadline counts all the time.
        if paused.swap(false, Ordering::Relaxed) && limit.of == Operation::Statement {
            alarm.as_mut().reset(Instant::now() + limit.time);
        }
        if let Poll::Ready(result) = future.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        if paused.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        alarm.as_mut().poll(context).map(|()| limit.missed())
    })
    .await
}

/// Counts the rows on their way to another sink, and notes when that one pauses.
struct Watched<'s> {
    sink: &'s mut dyn RowSink,
    rows: u64,
    paused: &'s AtomicBool,
}

impl RowSink for Watched<'_> {
    fn wants_columns(&self) -> bool {
        self.sink.wants_columns()
    }

    fn columns(&mut self, names: &[&str]) -> Result<()> {
        self.sink.columns(names)
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        self.rows += 1;
        let flow = self.sink.row(cells)?;
        if flow == Flow::Pause {
            self.paused.store(true, Ordering::Relaxed);
        }
        Ok(flow)
    }

    fn waits(&mut self) {
        self.sink.waits();
    }
}
