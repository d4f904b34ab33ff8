//! A statement whose rows are read while they arrive.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use super::lease::{Call, CallStatement, Lease};
use super::transaction::Pin;
use super::{Db, Handle};
use crate::driver::{BoxFuture, Cells, Done, Flow, RowSink};
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::value::Value;

/// A statement under way. Its rows go to its sink while it is polled.
///
/// Dropped before its end, a transaction reads the rest by itself before its next statement; outside of one the connection is given up.
pub(crate) struct Streaming<'a> {
    handle: Handle<'a>,
    /// Borrows nothing, so that it can go on when whoever polled it is gone.
    statement: Option<BoxFuture<'static, Result<Done>>>,
    marks: Arc<Marks>,
}

#[derive(Default)]
struct Marks {
    /// It has its connection.
    begun: AtomicBool,
    /// Nobody reads its rows any more.
    unwanted: AtomicBool,
}

/// Whose connection it uses.
enum Owner {
    Db(Db),
    Reading(Db),
    Transaction(Arc<Pin>),
}

impl<'a> Streaming<'a> {
    pub(super) fn new(
        handle: Handle<'a>,
        table: &'static Table,
        sql: String,
        params: Vec<Value<'static>>,
        sink: impl RowSink + 'static,
    ) -> Self {
        let marks = Arc::new(Marks::default());
        let mut sink = Wanted { sink, marks: Arc::clone(&marks) };
        let owner = match handle {
            Handle::Db(db) => Owner::Db(db.clone()),
            Handle::Reading(db) => Owner::Reading(db.clone()),
            Handle::Transaction(transaction) => Owner::Transaction(Arc::clone(transaction.pin())),
        };
        let statement = async move {
            let call = Call { table: Some(table), statement: CallStatement::Dynamic(&sql), params: &params };
            let pin = match &owner {
                Owner::Db(db) => return Handle::Db(db).send(&call, &mut sink).await,
                Owner::Reading(db) => return Handle::Reading(db).send(&call, &mut sink).await,
                Owner::Transaction(pin) => pin,
            };
            let mut lease = Lease::of_transaction(pin, true).await?;
            sink.marks.begun.store(true, Ordering::Relaxed);
            lease.send(&call, &mut sink).await
        };
        Self { handle, statement: Some(Box::pin(statement)), marks }
    }

    /// Goes on until the sink pauses, or to the end. `Pending` may mean either; after the end there is nothing to poll.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Done>> {
        let Some(statement) = &mut self.statement else {
            return Poll::Ready(Ok(Done::default()));
        };
        let end = statement.as_mut().poll(context);
        if end.is_ready() {
            self.statement = None;
        }
        end
    }
}

impl Drop for Streaming<'_> {
    fn drop(&mut self) {
        let Handle::Transaction(transaction) = self.handle else { return };
        if let Some(statement) = self.statement.take().filter(|_| self.marks.begun.load(Ordering::Relaxed)) {
            self.marks.unwanted.store(true, Ordering::Relaxed);
            transaction.pin().read_to_end(statement);
        }
    }
}

impl fmt::Debug for Streaming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming").field("open", &self.statement.is_some()).finish_non_exhaustive()
    }
}

/// Refuses rows that nobody wants, which lets the driver come to the end as fast as it can.
struct Wanted<S> {
    sink: S,
    marks: Arc<Marks>,
}

impl<S: RowSink> RowSink for Wanted<S> {
    fn wants_columns(&self) -> bool {
        self.sink.wants_columns()
    }

    fn columns(&mut self, names: &[&str]) -> Result<()> {
        self.sink.columns(names)
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        if self.marks.unwanted.load(Ordering::Relaxed) {
            return Err(Error::Unsupported("nobody reads this stream any more".into()));
        }
        self.sink.row(cells)
    }

    fn waits(&mut self) {
        self.sink.waits();
    }
}
