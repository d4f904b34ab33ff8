//! Rows as they arrive.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Plan;
use super::plan::wanted;
use crate::db::{Handle, Streaming};
use crate::driver::{Cells, Flow, RowSink};
use crate::error::{Error, Result};
use crate::model::Row;
use crate::schema::Table;
use crate::sql::Rows;
use crate::sql::select::select;

/// How many rows wait at most before whoever polls gets to see them.
const BATCH: usize = 64;

/// The rows of a query as they arrive, in constant memory.
///
/// A `futures` `Stream`, and usable without that crate through [`RowStream::next`].
///
/// It may be dropped before its end. On a `Db` that throws the connection away, since the rest of the result is on it. In a transaction
/// what is left is read in the background, and the next statement waits for that; where this takes longer than the connect deadline, or
/// there is no runtime to do it, the transaction is over. To read less, ask for less with [`Query::limit`](super::Query::limit).
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
    arrived: Arc<Mutex<VecDeque<O>>>,
    ready: VecDeque<O>,
}

impl<O> fmt::Debug for RowStream<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("open", &self.statement.is_some()).finish_non_exhaustive()
    }
}

impl<'a, O: Send + 'static> RowStream<'a, O> {
    pub(super) fn new(table: &'static Table, plan: Box<dyn Plan<O>>, rows: Rows, handle: Handle<'a>) -> Self {
        let arrived = Arc::new(Mutex::new(VecDeque::new()));
        let rendered = select(handle.dialect(), table, wanted(&*plan), rows);
        let sink = Queue { plan, queue: Arc::clone(&arrived) };
        let (statement, error) = match rendered {
            Ok(rendered) => (Some(handle.stream(table, rendered.sql, rendered.params, sink)), None),
            Err(error) => (None, Some(error)),
        };
        Self { statement, error, arrived, ready: VecDeque::new() }
    }

    /// The next row, `None` after the last.
    ///
    /// # Errors
    /// As [`Query::all`](super::Query::all); nothing comes after an error.
    pub async fn next(&mut self) -> Option<Result<O>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<O> Unpin for RowStream<'_, O> {}

impl<O: Send + 'static> Stream for RowStream<'_, O> {
    type Item = Result<O>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(row) = this.ready.pop_front() {
            return Poll::Ready(Some(Ok(row)));
        }
        let Some(statement) = &mut this.statement else { return Poll::Ready(this.error.take().map(Err)) };
        let end = statement.poll(context);
        std::mem::swap(&mut this.ready, &mut *this.arrived.lock().unwrap_or_else(PoisonError::into_inner));
        let row = this.ready.pop_front();
        if let Poll::Ready(end) = end {
            this.statement = None;
            this.error = end.err();
            // The rows before the error come first.
            return Poll::Ready(row.map(Ok).or_else(|| this.error.take().map(Err)));
        }
        row.map_or(Poll::Pending, |row| Poll::Ready(Some(Ok(row))))
    }
}

struct Queue<O> {
    plan: Box<dyn Plan<O>>,
    queue: Arc<Mutex<VecDeque<O>>>,
}

impl<O: Send> RowSink for Queue<O> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        let row = self.plan.read(&mut Row::new(cells, 0))?;
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(row);
        Ok(if queue.len() >= BATCH { Flow::Pause } else { Flow::Continue })
    }
}
