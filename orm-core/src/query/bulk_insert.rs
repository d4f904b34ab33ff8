//! INSERT of any number of rows in constant memory, whose records nobody wants back.

use std::fmt;

use super::bulk::{self, SURELY_SMALL, chunk_rows, head_size, statement_size};
use super::params::{Chunk, Records, sends, size};
use super::statement::Target;
use crate::db::{Executor, Handle, Transaction};
use crate::driver::{BoxFuture, NoRows};
use crate::error::{Error, Result};
use crate::model::{Blanks, Draft, Model};
use crate::schema::Table;
use crate::sql::Dialect;

/// About how many bytes a chunk has at most, unless a row by itself is larger. More would be no faster, and would be held in memory.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;

/// An INSERT of many rows: what [`bulk_insert`](super::Record::bulk_insert) gives. Nothing is sent until [`exec`](BulkInsert::exec).
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
/// let drafts = (1..=2_500).map(|n| Book::build().title(format!("Volume {n}")));
/// let mut seen = Vec::new();
/// let inserted: u64 = Book::bulk_insert(drafts).progress(|rows| seen.push(rows)).exec(&db).await?;
/// assert_eq!((inserted, seen), (2_500, vec![1_000, 2_000, 2_500]));
/// # Ok(())
/// # }
/// ```
#[doc(alias = "bulkCreate")]
#[must_use = "a bulk insert sends nothing until `exec` is called"]
pub struct BulkInsert<'a, M: Model> {
    drafts: Drafts<'a, M>,
    progress: Box<dyn FnMut(u64) + Send + 'a>,
    transaction_per_chunk: bool,
}

/// Behind a pointer, so that what is wrong about the drafts is said where they are given, and not once more at `exec`.
type Drafts<'a, M> = Box<dyn Iterator<Item = Draft<M>> + Send + 'a>;

/// What `bulk_insert` takes along with a draft: nothing.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`bulk_insert` does not save associations along with a draft",
    label = "these drafts have some",
    note = "save such drafts with `bulk_create`, or insert what they belong to first"
)]
pub trait Alone {}

#[diagnostic::do_not_recommend]
impl Alone for () {}

impl<M: Model> fmt::Debug for BulkInsert<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkInsert").field("table", &M::TABLE.name).finish_non_exhaustive()
    }
}

impl<'a, M: Model> BulkInsert<'a, M> {
    pub(super) fn new(drafts: impl Iterator<Item = Draft<M>> + Send + 'a) -> Self {
        Self { drafts: Box::new(drafts), progress: Box::new(|_| ()), transaction_per_chunk: false }
    }

    /// Calls the function after each chunk, with the number of rows that are inserted so far.
    ///
    /// Until the transaction around all of them is committed they can still be undone; with
    /// [`transaction_per_chunk`](BulkInsert::transaction_per_chunk) they are committed.
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
    /// let drafts = ["Emma", "Walden"].map(|title| Book::build().title(title));
    /// Book::bulk_insert(drafts).progress(|rows| println!("{rows} rows")).exec(&db).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn progress(mut self, progress: impl FnMut(u64) + Send + 'a) -> Self {
        self.progress = Box::new(progress);
        self
    }

    /// Commits each chunk by itself, instead of all together: for more rows than a transaction may have, as in a group of servers.
    ///
    /// After an error the earlier chunks stay. What [`progress`](BulkInsert::progress) was told last is how many rows these are; where the
    /// connection was lost, the chunk after them may be there too.
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
    /// let drafts = (1..=2_500).map(|n| Book::build().id(if n == 2_000 { 7 } else { n }).title("Emma"));
    /// let mut committed = 0;
    /// let failed = Book::bulk_insert(drafts).transaction_per_chunk().progress(|rows| committed = rows).exec(&db).await;
    /// assert!(matches!(failed, Err(Error::UniqueViolation(_))));
    /// assert_eq!(Book::find().count(&db).await?, committed);
    /// # Ok(())
    /// # }
    /// ```
    pub fn transaction_per_chunk(mut self) -> Self {
        self.transaction_per_chunk = true;
        self
    }

    /// Sends the INSERTs, and gives the number of rows.
    ///
    /// All are in one transaction, unless there is only one INSERT; in a transaction of the caller's own they are within a savepoint. Dropped
    /// half-way, that is rolled back. No drafts, no statement.
    ///
    /// # Errors
    /// [`Error::Encode`] where a value does not fit its column; whatever the database says. Then nothing is stored, and a transaction of the
    /// caller's own can go on. [`Error::Unsupported`] for [`transaction_per_chunk`](BulkInsert::transaction_per_chunk) inside of a
    /// transaction, where nothing can be committed by itself.
    pub fn exec<E: Executor + ?Sized>(self, db: &'a E) -> BoxFuture<'a, Result<u64>> {
        let handle = db.handle();
        let Self { drafts, progress, transaction_per_chunk } = self;
        let source = Source::new(handle.dialect(), drafts);
        send_all(handle, Target::of::<M>(), Box::new(source), progress, transaction_per_chunk)
    }
}

/// Sends the chunks as they are made, in one transaction unless there is only one or each is to have its own.
fn send_all<'a>(
    handle: Handle<'a>,
    target: Target,
    mut source: Box<dyn Chunks + 'a>,
    mut progress: Box<dyn FnMut(u64) + Send + 'a>,
    transaction_per_chunk: bool,
) -> BoxFuture<'a, Result<u64>> {
    Box::pin(async move {
        if transaction_per_chunk && matches!(handle, Handle::Transaction(_)) {
            return Err(Error::Unsupported(
                "inside of a transaction no chunk can be committed by itself: pass `&db`, or leave `transaction_per_chunk` out"
                    .into(),
            ));
        }
        let mut limit = None;
        let Some(first) = next(&mut *source, handle, &mut limit).await? else { return Ok(0) };
        let is_alone = source.is_empty();
        let work = async move |handle: Handle<'_>| {
            let (mut inserted, mut coming) = (0, Some(first));
            while let Some(rows) = coming {
                let chunk = rows.chunk(handle.dialect(), target.table);
                inserted += u64::try_from(chunk.rows()).unwrap_or(u64::MAX);
                send(handle, target, chunk).await?;
                progress(inserted);
                coming = next(&mut *source, handle, &mut limit).await?;
            }
            Ok(inserted)
        };
        if transaction_per_chunk || is_alone {
            return work(handle).await;
        }
        handle.atomically(async move |tx: &Transaction| work(Handle::Transaction(tx)).await).await
    })
}

/// The rows of the next chunk; none where nothing is left.
async fn next(
    source: &mut dyn Chunks,
    handle: Handle<'_>,
    limit: &mut Option<usize>,
) -> Result<Option<Rows>> {
    loop {
        match source.next(*limit)? {
            Next::Rows(rows) => return Ok(Some(rows)),
            Next::End => return Ok(None),
            Next::Limit => *limit = Some(handle.lease().await?.packet_limit().min(CHUNK_BYTES)),
        }
    }
}

/// Sends one chunk. Nobody asks for its ids.
async fn send(handle: Handle<'_>, target: Target, chunk: Chunk<'_>) -> Result<()> {
    if chunk.rows() == 1 {
        // The statement of one row stays prepared.
        return bulk::one_by_one(handle, target, chunk, &mut Vec::new()).await;
    }
    let mut lease = handle.lease().await?;
    bulk::run(&mut lease, target, chunk, false, &mut NoRows).await.map(drop)
}

/// What is to be inserted, of whatever model.
trait Chunks: Send {
    /// The rows of the next chunk. It has fewer bytes than the limit, unless a row has more by itself.
    ///
    /// # Errors
    /// Why a draft is no record.
    fn next(&mut self, limit: Option<usize>) -> Result<Next>;

    /// Whether no chunk is left.
    fn is_empty(&self) -> bool;
}

enum Next {
    Rows(Rows),
    /// None is left.
    End,
    /// It cannot be told without the limit: ask again with it.
    Limit,
}

/// The rows of a chunk, of whatever model.
struct Rows {
    records: Box<dyn Records>,
    count: usize,
    with_id: bool,
}

impl Rows {
    fn chunk(&self, dialect: &'static dyn Dialect, table: &Table) -> Chunk<'_> {
        Chunk::new(dialect, table, &*self.records, 0..self.count, self.with_id)
    }
}

/// Drafts that become rows of chunks, each when it is asked for: besides that chunk no more than a row of the next is held.
struct Source<'a, M: Model> {
    drafts: Drafts<'a, M>,
    /// The most rows of a chunk.
    rows: usize,
    /// What stands before them.
    head: usize,
    /// The rows of the next chunk, as far as they were drawn.
    growing: Option<Growing<M>>,
    /// Whether the drafts have come to their end.
    ended: bool,
}

/// Rows of a chunk that others are added to. They are alike in whether they have their ids.
struct Growing<M> {
    records: Vec<M>,
    with_id: bool,
    /// How many bytes their values have about.
    bytes: usize,
}

impl<'a, M: Model> Source<'a, M> {
    fn new(dialect: &'static dyn Dialect, drafts: Drafts<'a, M>) -> Self {
        let rows = chunk_rows(dialect, M::TABLE);
        Self { drafts, rows, head: head_size(M::TABLE), growing: None, ended: false }
    }

    /// The next draft. An iterator is not asked again after its end.
    fn draw(&mut self) -> Option<Draft<M>> {
        if self.ended {
            return None;
        }
        let draft = self.drafts.next();
        self.ended = draft.is_none();
        draft
    }

    /// None yet, with room for those that are to come, as far as is known.
    fn grow(&self, with_id: bool) -> Growing<M> {
        let expected = self.drafts.size_hint().0.saturating_add(1).min(self.rows);
        Growing { records: Vec::with_capacity(expected), with_id, bytes: 0 }
    }

    /// The chunk that is there, before another one.
    fn finish(&mut self, next: Option<Growing<M>>) -> Next {
        let full = std::mem::replace(&mut self.growing, next);
        full.map_or(Next::End, |Growing { records, with_id, .. }| {
            let count = records.len();
            Next::Rows(Rows { records: Box::new(records), count, with_id })
        })
    }
}

impl<M: Model> Chunks for Source<'_, M> {
    fn next(&mut self, limit: Option<usize>) -> Result<Next> {
        let blanks = Blanks::of::<M>();
        loop {
            match &mut self.growing {
                Some(growing) if growing.records.len() > 1 && growing.size(self.head) >= SURELY_SMALL => {
                    let Some(limit) = limit else { return Ok(Next::Limit) };
                    if growing.size(self.head) >= limit {
                        // The row by which it grew too large is the first of the next one.
                        let (last, with_id) = (growing.pop(), growing.with_id);
                        let mut next = self.grow(with_id);
                        last.into_iter().for_each(|last| next.push(last));
                        return Ok(self.finish(Some(next)));
                    }
                }
                _ => {}
            }
            if self.growing.as_ref().is_some_and(|growing| growing.records.len() >= self.rows) {
                return Ok(self.finish(None));
            }
            let Some(draft) = self.draw() else { return Ok(self.finish(None)) };
            let (record, with_id) = draft.into_record(blanks)?;
            match &mut self.growing {
                Some(growing) if growing.with_id == with_id => growing.push(record),
                _ => {
                    let mut fresh = self.grow(with_id);
                    fresh.push(record);
                    if let full @ Next::Rows(_) = self.finish(Some(fresh)) {
                        return Ok(full);
                    }
                }
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.ended && self.growing.is_none()
    }
}

impl<M: Model> Growing<M> {
    #[inline]
    fn push(&mut self, record: M) {
        self.bytes += self.size_of(&record);
        self.records.push(record);
    }

    fn pop(&mut self) -> Option<M> {
        let last = self.records.pop()?;
        self.bytes -= self.size_of(&last);
        Some(last)
    }

    #[inline]
    fn size_of(&self, record: &M) -> usize {
        size(record, |position| sends::<M>(self.with_id, position))
    }

    /// About how many bytes the statement has.
    fn size(&self, head: usize) -> usize {
        let rows = self.records.len();
        statement_size(head, self.bytes, rows * M::TABLE.columns.len(), rows)
    }
}
