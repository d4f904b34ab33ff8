//! INSERT of any number of rows in constant memory, whose records nobody wants back.

use std::fmt;

use super::bulk::{self, Chunk, SURELY_SMALL, chunk_rows, head_size, statement_size};
use super::insert::{Params, now};
use crate::db::{Executor, Handle, Transaction};
use crate::driver::{BoxFuture, NoRows};
use crate::error::{Error, Result};
use crate::model::{Blanks, Draft, Model};

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
        let Self { drafts, mut progress, transaction_per_chunk } = self;
        let mut source = Source::new(handle, drafts);
        Box::pin(async move {
            if transaction_per_chunk && matches!(handle, Handle::Transaction(_)) {
                return Err(Error::Unsupported(
                    "inside of a transaction no chunk can be committed by itself: pass `&db`, or leave `transaction_per_chunk` out"
                        .into(),
                ));
            }
            let Some(first) = source.next(handle).await? else { return Ok(0) };
            if transaction_per_chunk || source.is_empty() {
                return send_all(handle, first, &mut source, &mut *progress).await;
            }
            handle
                .atomically(async move |tx: &Transaction| {
                    send_all(Handle::Transaction(tx), first, &mut source, &mut *progress).await
                })
                .await
        })
    }
}

/// Sends the first chunk, and the others as they are made.
async fn send_all<M: Model>(
    handle: Handle<'_>,
    first: Chunk<'static>,
    source: &mut Source<'_, M>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64> {
    let (mut inserted, mut next) = (0, Some(first));
    while let Some(chunk) = next {
        inserted += u64::try_from(chunk.rows).unwrap_or(u64::MAX);
        send::<M>(handle, chunk).await?;
        progress(inserted);
        next = source.next(handle).await?;
    }
    Ok(inserted)
}

/// Sends one chunk. Nobody asks for its ids.
async fn send<M: Model>(handle: Handle<'_>, chunk: Chunk<'_>) -> Result<()> {
    if chunk.rows == 1 {
        // The statement of one row stays prepared.
        return bulk::one_by_one::<M>(handle, chunk, &mut Vec::new()).await;
    }
    let mut lease = handle.lease().await?;
    bulk::run::<M>(&mut lease, chunk, false, &mut NoRows).await.map(drop)
}

/// Drafts that become chunks, each when it is asked for: besides that chunk no more than a row of the next is held.
struct Source<'a, M: Model> {
    drafts: Drafts<'a, M>,
    /// The most rows of a chunk.
    rows: usize,
    /// What stands before them.
    head: usize,
    /// The most bytes of a chunk, once the connection was asked.
    bytes: Option<usize>,
    /// The row that did not fit into the last chunk.
    carried: Option<Growing>,
    /// Whether the drafts have come to their end.
    ended: bool,
}

/// A chunk that rows are added to. They are alike in whether they have their ids.
struct Growing {
    rows: usize,
    with_id: bool,
    params: Params<'static>,
}

impl<'a, M: Model> Source<'a, M> {
    fn new(handle: Handle<'_>, drafts: Drafts<'a, M>) -> Self {
        let rows = chunk_rows(handle.dialect(), M::TABLE);
        Self { drafts, rows, head: head_size(M::TABLE), bytes: None, carried: None, ended: false }
    }

    /// Whether no chunk is left.
    fn is_empty(&self) -> bool {
        self.ended && self.carried.is_none()
    }

    /// The next chunk; none where nothing is left.
    async fn next(&mut self, handle: Handle<'_>) -> Result<Option<Chunk<'static>>> {
        let blanks = Blanks::new(M::TABLE, now());
        let mut chunk = self.carried.take();
        while chunk.as_ref().is_none_or(|chunk| chunk.rows < self.rows) {
            let Some(draft) = self.draw() else { break };
            let (record, with_id) = draft.into_record(&blanks)?;
            let Some(growing) = chunk.as_mut().filter(|chunk| chunk.with_id == with_id) else {
                let mut fresh = self.start(handle, with_id);
                fresh.push::<M>(&record)?;
                match chunk {
                    None => chunk = Some(fresh),
                    Some(_) => {
                        self.carried = Some(fresh);
                        break;
                    }
                }
                continue;
            };
            let (values, size) = (growing.params.values.len(), growing.params.size);
            growing.push::<M>(&record)?;
            let grown = growing.size(self.head);
            if grown >= SURELY_SMALL && grown >= self.limit(handle).await? {
                // The row by which it grew too large is the first of the next one.
                let mut fresh = self.start(handle, with_id);
                fresh.rows = 1;
                fresh.params.values.extend(growing.params.values.drain(values..));
                fresh.params.size = growing.params.size - size;
                growing.rows -= 1;
                growing.params.size = size;
                self.carried = Some(fresh);
                break;
            }
        }
        Ok(chunk.map(|chunk| chunk.finish(self.head)))
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

    /// An empty chunk.
    fn start(&self, handle: Handle<'_>, with_id: bool) -> Growing {
        let expected = self.drafts.size_hint().0.saturating_add(1).min(self.rows);
        Growing { rows: 0, with_id, params: Params::new(handle, M::TABLE, with_id, expected) }
    }

    async fn limit(&mut self, handle: Handle<'_>) -> Result<usize> {
        if let Some(bytes) = self.bytes {
            return Ok(bytes);
        }
        let bytes = handle.lease().await?.packet_limit().min(CHUNK_BYTES);
        self.bytes = Some(bytes);
        Ok(bytes)
    }
}

impl Growing {
    fn push<M: Model>(&mut self, record: &M) -> Result<()> {
        self.rows += 1;
        self.params.push_copy(record)
    }

    /// About how many bytes the statement has.
    fn size(&self, head: usize) -> usize {
        statement_size(head, self.params.size, self.params.values.len(), self.rows)
    }

    fn finish(self, head: usize) -> Chunk<'static> {
        let size = self.size(head);
        Chunk { rows: self.rows, with_id: self.with_id, size, params: self.params.values }
    }
}
