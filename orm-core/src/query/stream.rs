//! Rows as they arrive.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Plan;
use super::plan::wanted;
use crate::db::{Call, CallStatement, Handle};
use crate::driver::{BoxFuture, Cells, Flow, RowSink};
use crate::error::Result;
use crate::model::Row;
use crate::schema::Table;
use crate::sql::Rows;
use crate::sql::select::select;

/// How many rows wait at most before whoever polls gets to see them.
const BATCH: usize = 64;

/// The rows of a query as they arrive, in constant memory.
///
/// A `futures` `Stream`, and usable without that crate through [`RowStream::next`]. Dropped before its end, it throws the connection
/// away, since the rest of the result is on it.
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
    statement: Option<BoxFuture<'a, Result<()>>>,
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
        let queue = Arc::clone(&arrived);
        let statement = async move {
            let statement = select(handle.dialect(), table, wanted(&*plan), rows)?;
            let call = Call { table: Some(table), statement: CallStatement::Dynamic(&statement.sql) };
            let mut sink = Queue { plan: &*plan, queue };
            handle.stream_lease().await?.run(call, statement.params, &mut sink).await?;
            Ok(())
        };
        Self { statement: Some(Box::pin(statement)), arrived, ready: VecDeque::new() }
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
        let Some(statement) = &mut this.statement else { return Poll::Ready(None) };
        let end = statement.as_mut().poll(context);
        std::mem::swap(&mut this.ready, &mut *this.arrived.lock().unwrap_or_else(PoisonError::into_inner));
        let row = this.ready.pop_front();
        match end {
            Poll::Pending => row.map_or(Poll::Pending, |row| Poll::Ready(Some(Ok(row)))),
            Poll::Ready(Ok(())) => {
                this.statement = None;
                Poll::Ready(row.map(Ok))
            }
            Poll::Ready(Err(error)) => {
                // The rows before the error come first; it is reported when they are gone.
                this.statement = None;
                match row {
                    None => Poll::Ready(Some(Err(error))),
                    Some(row) => {
                        this.statement = Some(Box::pin(std::future::ready(Err(error))));
                        Poll::Ready(Some(Ok(row)))
                    }
                }
            }
        }
    }
}

struct Queue<'p, O> {
    plan: &'p dyn Plan<O>,
    queue: Arc<Mutex<VecDeque<O>>>,
}

impl<O: Send> RowSink for Queue<'_, O> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        let row = self.plan.read(&mut Row::new(cells, 0))?;
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(row);
        Ok(if queue.len() >= BATCH { Flow::Pause } else { Flow::Continue })
    }
}
