//! A connection on loan for one statement or a few.

use tokio::sync::OwnedMutexGuard;

use super::Db;
use super::blame::explain;
use super::pinned::Pinned;
use super::pool::Held;
use super::session::Session;
use super::transaction::Pin;
use crate::driver::{BoxFuture, Done, FixedId, ParamSource, RowSink, Statement};
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::sql::{Dialect, Rendered};

/// A statement to run, and the table that it is about.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// Whose rules an error is about.
    pub(crate) table: Option<&'static Table>,
    /// What to send.
    pub(crate) statement: CallStatement<'a>,
    /// What stands for its placeholders, in their order.
    pub(crate) params: &'a dyn ParamSource,
}

impl<'a> Call<'a> {
    /// A statement that was built, with its parameters.
    pub(crate) fn rendered(table: Option<&'static Table>, statement: &'a Rendered) -> Self {
        Self { table, statement: CallStatement::Dynamic(&statement.sql), params: &statement.params }
    }

    /// Our own text, about no table.
    pub(crate) const fn text(sql: &'a str) -> Self {
        Self { table: None, statement: CallStatement::Text(sql), params: &[] }
    }
}

/// What to send.
#[derive(Clone, Copy)]
pub(crate) enum CallStatement<'a> {
    /// Of fixed shape: rendered once per `Db`, prepared once per connection.
    Fixed(&'static FixedId, &'a (dyn Fn(&dyn Dialect) -> String + Sync)),
    /// Built at run time.
    Dynamic(&'a str),
    /// The caller's own, after which the session may be another one: it is reset before anybody else gets it.
    Foreign(&'a str),
    /// Our own text without parameters: not prepared.
    Text(&'a str),
}

/// A connection on loan.
pub(crate) struct Lease<'a> {
    db: &'a Db,
    hold: Hold<'a>,
}

enum Hold<'a> {
    Pooled(Held),
    /// What runs on it only reads.
    Reading(Held),
    Pinned {
        pin: &'a Pin,
        pinned: OwnedMutexGuard<Pinned>,
        stream: bool,
    },
}

impl<'a> Lease<'a> {
    /// A connection of the pool.
    pub(super) fn pooled(db: &'a Db, held: Held) -> Self {
        Self { db, hold: Hold::Pooled(held) }
    }

    /// The same for something that only reads.
    pub(super) fn reading(db: &'a Db, held: Held) -> Self {
        Self { db, hold: Hold::Reading(held) }
    }

    pub(super) async fn of_transaction(pin: &'a Pin, stream: bool) -> Result<Self> {
        let pinned = pin.lock().await?;
        pin.set_streaming(stream);
        Ok(Self { db: pin.db(), hold: Hold::Pinned { pin, pinned, stream } })
    }

    /// Runs a statement to its end.
    ///
    /// # Errors
    /// What the database answers, with the statement, model and columns filled in; `Timeout` after the statement deadline;
    /// `TransactionEnded` where an earlier statement of this lease ended the transaction.
    pub(crate) fn run<'c>(
        &'c mut self,
        call: &'c Call<'c>,
        sink: &'c mut dyn RowSink,
    ) -> BoxFuture<'c, Result<Done>> {
        Box::pin(self.send(call, sink))
    }

    /// The same, for futures that are boxed as a whole.
    #[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for its arguments twice")]
    pub(super) fn send<'c>(
        &'c mut self,
        call: &'c Call<'c>,
        sink: &'c mut dyn RowSink,
    ) -> impl Future<Output = Result<Done>> + Send + 'c {
        async move {
            let statement = self.begin(call, sink)?;
            let result = statement.await;
            self.settle(&result);
            if result.is_ok()
                && let Hold::Pooled(held) = &mut self.hold
                && let Some(written) = self.db.written()
            {
                // Boxed, so that those who do not ask for it do not carry the room for it.
                Box::pin(written.note(self.db.dialect(), held.session())).await;
            }
            result.map_err(|error| explain(error, call.table, self.statement(call).sql()))
        }
    }

    /// Begins a statement. What came of it is for [`Lease::settle`].
    ///
    /// What is needed for it does not stay in the caller's future: a thousand futures that wait for a connection are small.
    fn begin<'s>(
        &'s mut self,
        call: &Call<'s>,
        sink: &'s mut dyn RowSink,
    ) -> Result<BoxFuture<'s, Result<Done>>> {
        let statement = self.statement(call);
        let session = match &mut self.hold {
            Hold::Pooled(held) | Hold::Reading(held) => held.session(),
            Hold::Pinned { pinned, .. } => pinned.ready()?,
        };
        session.touched |= matches!(call.statement, CallStatement::Foreign(_));
        Ok(match session.limit() {
            Ok(limit) => session.begin(limit, statement, call.params, sink),
            Err(late) => Box::pin(std::future::ready(Err(late))),
        })
    }

    fn statement<'c>(&self, call: &Call<'c>) -> Statement<'c>
    where
        'a: 'c,
    {
        match call.statement {
            CallStatement::Fixed(id, render) => {
                let dialect = self.db.dialect();
                Statement::Fixed { id, sql: self.db.texts().get(id.number(), || render(dialect)) }
            }
            CallStatement::Dynamic(sql) | CallStatement::Foreign(sql) => Statement::Dynamic(sql),
            CallStatement::Text(sql) => Statement::Text(sql),
        }
    }

    /// Notes what came of a statement.
    fn settle(&mut self, result: &Result<Done>) {
        match &mut self.hold {
            Hold::Pooled(held) | Hold::Reading(held) => held.session().settle(result.as_ref().err()),
            Hold::Pinned { pinned, .. } => {
                pinned.session().settle(result.as_ref().err());
                pinned.note(result);
            }
        }
    }

    /// Sends the statement that failed on another connection of the pool.
    pub(super) async fn send_elsewhere(self, call: &Call<'_>, sink: &mut dyn RowSink) -> Result<Done> {
        let db = self.db;
        let lease = if matches!(self.hold, Hold::Reading(_)) { Self::reading } else { Self::pooled };
        drop(self);
        lease(db, db.pool().acquire().await?).send(call, sink).await
    }

    /// Whether the statement that failed like this had no effect, outside of a transaction, and another connection may take it.
    pub(super) fn may_do_better_elsewhere(&self, error: &Error) -> bool {
        match (error, &self.hold) {
            (Error::ConnectionLost(_), Hold::Reading(held)) => !held.peek().gave_rows(),
            // Refused before it did anything; the pool throws the connection away where others may lead to a server that takes writes.
            (Error::ReadOnly(_), Hold::Pooled(held) | Hold::Reading(held)) => !held.peek().is_of_use(),
            _ => false,
        }
    }

    /// Whether the last statement gave anything to its sink.
    pub(super) fn gave_rows(&self) -> bool {
        self.session().gave_rows()
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.db.dialect()
    }

    /// The distance between the ids of a plain bulk insert; `None` where each row has to be asked for.
    pub(crate) fn bulk_id_step(&self) -> Option<u64> {
        self.session().bulk_id_step()
    }

    /// The most bytes that one statement with its parameters may have.
    pub(crate) fn packet_limit(&self) -> usize {
        self.session().packet_limit()
    }

    fn session(&self) -> &Session {
        match &self.hold {
            Hold::Pooled(held) | Hold::Reading(held) => held.peek(),
            Hold::Pinned { pinned, .. } => pinned.peek(),
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // Before the lock is released, or the next one in line would be refused for a stream that is gone.
        if let Hold::Pinned { pin, stream: true, .. } = &self.hold {
            pin.set_streaming(false);
        }
    }
}
