//! Rows as they arrive.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Plan;
use super::lock::must_last;
use super::select::asked;
use crate::db::{Handle, Streaming};
use crate::driver::{BoxFuture, Cells, Flow, RowSink};
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::sql::select::select;
use crate::sql::{Rows, tree};

/// How many rows wait at most before whoever polls gets to see them.
const BATCH: usize = 64;

/// The same where each batch takes further statements.
const LOADED_BATCH: usize = 1000;

/// The rows of a query as they arrive, in constant memory.
///
/// A `futures` `Stream`, and usable without that crate through [`RowStream::next`].
///
/// It may be dropped before its end. On a `Db` that throws the connection away, since the rest of the result is on it. In a transaction
/// what is left is read in the background, and the next statement waits for that; where this takes longer than the connect deadline, or
/// there is no runtime to do it, the transaction is over. To read less, ask for less with [`Query::limit`](super::Query::limit).
///
/// With a to-many include the rows come in batches of up to 1,000, each with all that was included, over a second connection of the pool. A
/// transaction has one connection only: there all rows are one batch, in memory at once.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// # let db = Db::connect("sqlite::memory:").await?;
/// # Book::sync(&db).await?;
/// # Book::bulk_create(&db, ["Emma", "Walden", "Utopia"].map(|title| Book::build().title(title))).await?;
/// let mut books = Book::find().stream(&db);
/// let mut count = 0;
/// while let Some(book) = books.next().await {
///     book?;
///     count += 1;
/// }
/// assert_eq!(count, 3);
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream sends nothing until it is polled"]
pub struct RowStream<'a, O> {
    statement: Option<Streaming<'a>>,
    /// What went wrong, once the rows before it are gone.
    error: Option<Error>,
    reader: Reader<O>,
    /// After how many rows they are handed out.
    batch: usize,
    ready: VecDeque<O>,
    handle: Handle<'a>,
    loading: Option<BoxFuture<'a, Result<Loaded<O>>>>,
}

/// The plan; nothing while it is away to read or to load.
type Reader<O> = Arc<Mutex<Option<Box<dyn Plan<O>>>>>;

/// A plan that comes back from loading, and what became of its rows.
type Loaded<O> = (Box<dyn Plan<O>>, Vec<O>);

impl<O> fmt::Debug for RowStream<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("open", &self.statement.is_some()).finish_non_exhaustive()
    }
}

impl<'a, O: Send + 'static> RowStream<'a, O> {
    pub(super) fn new(
        table: &'static Table,
        mut plan: Box<dyn Plan<O>>,
        rows: Rows,
        handle: Handle<'a>,
    ) -> Self {
        let rendered = must_last(&rows, handle).and_then(|()| match plan.wanted() {
            Some(wanted) => select(handle.dialect(), table, wanted, rows),
            None => tree::select(handle.dialect(), asked(table, &mut *plan, rows), tree::Wants::Rows),
        });
        let batch = match handle {
            _ if !plan.loads() => BATCH,
            Handle::Db(_) | Handle::Reading(_) => LOADED_BATCH,
            // What is included can be asked for only when the rows are read to their end.
            Handle::Transaction(_) => usize::MAX,
        };
        let reader = Arc::new(Mutex::new(Some(plan)));
        let sink = Queue { reader: Arc::clone(&reader), plan: None, batch };
        let (statement, error) = match rendered {
            Ok(rendered) => (Some(handle.stream(table, rendered.sql, rendered.params, sink)), None),
            Err(error) => (None, Some(error)),
        };
        Self { statement, error, reader, batch, ready: VecDeque::new(), handle, loading: None }
    }

    /// The next row, `None` after the last.
    ///
    /// # Errors
    /// As [`Query::all`](super::Query::all); nothing comes after an error.
    pub async fn next(&mut self) -> Option<Result<O>> {
        // Mostly it is there already.
        if let Some(row) = self.ready.pop_front() {
            return Some(Ok(row));
        }
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Makes results of the rows that have been read: at once, or by a future.
    fn hand_out(&mut self) -> Result<()> {
        let mut reader = lock(&self.reader);
        match &mut *reader {
            Some(plan) if !plan.loads() => {
                let before = std::mem::replace(&mut self.ready, plan.finish()?.into());
                plan.reuse(before.into());
            }
            // A batch is full, or there will be no more.
            Some(plan) if plan.count() >= self.batch || (self.statement.is_none() && plan.count() > 0) => {
                let Some(mut plan) = reader.take() else { return Ok(()) };
                let handle = self.handle;
                self.loading = Some(Box::pin(async move {
                    plan.load(handle).await?;
                    let rows = plan.finish()?;
                    Ok((plan, rows))
                }));
            }
            _ => {}
        }
        Ok(())
    }
}

fn lock<O>(reader: &Reader<O>) -> MutexGuard<'_, Option<Box<dyn Plan<O>>>> {
    reader.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<O> Unpin for RowStream<'_, O> {}

impl<O: Send + 'static> Stream for RowStream<'_, O> {
    type Item = Result<O>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(row) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(row)));
            }
            if let Some(loading) = &mut this.loading {
                let Poll::Ready(loaded) = loading.as_mut().poll(context) else { return Poll::Pending };
                this.loading = None;
                match loaded {
                    Ok((plan, rows)) => {
                        *lock(&this.reader) = Some(plan);
                        this.ready = rows.into();
                    }
                    Err(error) => {
                        this.statement = None;
                        this.error = None;
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                continue;
            }
            let Some(statement) = &mut this.statement else { return Poll::Ready(this.error.take().map(Err)) };
            if let Poll::Ready(end) = statement.poll(context) {
                this.statement = None;
                // The rows before the error come first.
                this.error = end.err();
            }
            if let Err(error) = this.hand_out() {
                this.statement = None;
                this.error = None;
                return Poll::Ready(Some(Err(error)));
            }
            if this.ready.is_empty() && this.loading.is_none() && this.statement.is_some() {
                return Poll::Pending;
            }
        }
    }
}

/// Reads rows while the statement is polled.
struct Queue<O> {
    reader: Reader<O>,
    /// The plan, from a row until somebody is to see what became of it: not fetched for each row, which would be to lock it for each.
    plan: Option<Box<dyn Plan<O>>>,
    batch: usize,
}

impl<O> Queue<O> {
    /// Lets others have the plan with its rows.
    fn give_back(&mut self) {
        if let Some(plan) = self.plan.take() {
            *lock(&self.reader) = Some(plan);
        }
    }
}

impl<O> Drop for Queue<O> {
    /// The rows up to the end, or up to an error.
    fn drop(&mut self) {
        self.give_back();
    }
}

impl<O> RowSink for Queue<O> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        if self.plan.is_none() {
            self.plan = lock(&self.reader).take();
        }
        let Some(plan) = &mut self.plan else { return Ok(Flow::Pause) };
        plan.row(cells)?;
        if plan.count() < self.batch {
            return Ok(Flow::Continue);
        }
        self.give_back();
        Ok(Flow::Pause)
    }

    fn waits(&mut self) {
        self.give_back();
    }
}
