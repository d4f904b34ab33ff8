//! INSERT of many records.

use super::insert::{missing_id, send_one};
use super::params::{Chunk, size};
use super::statement::Target;
use crate::db::{Call, CallStatement, Handle, Lease, Transaction};
use crate::driver::{BoxFuture, Cells, Flow, NoRows, ParamSource as _, RowSink};
use crate::error::Result;
use crate::model::{Blanks, Draft, Model, give_id, incomplete};
use crate::schema::Table;
use crate::sql::{Dialect, fixed};

/// The most rows of one INSERT. Larger ones are no faster, and a statement of this size stays prepared.
const CHUNK_ROWS: usize = 1000;

/// What a value costs in the statement's text: a placeholder, a comma and a space, with some to spare.
const PLACEHOLDER: usize = 4;

/// Far below every limit. The connection is asked only where a statement is larger.
pub(super) const SURELY_SMALL: usize = 256 * 1024;

/// Records that are to be inserted, with their defaults and timestamps.
pub(super) struct Rows<M> {
    records: Vec<M>,
    /// About how many bytes the largest of them has. Seen while it is in the processor's caches; later each would be fetched for it.
    largest: usize,
    /// Neighbours that are alike: how many they are, and whether they have their ids.
    runs: Vec<(usize, bool)>,
}

impl<M: Model> Rows<M> {
    /// Completes the drafts.
    pub(super) fn gather(drafts: impl Iterator<Item = Draft<M>>) -> Result<Self> {
        let blanks = Blanks::of::<M>();
        let mut records = Vec::with_capacity(drafts.size_hint().0);
        let (mut runs, mut largest) = (Vec::<(usize, bool)>::new(), 0);
        for mut draft in drafts {
            let with_id = draft.complete(blanks)?;
            let Some(record) = draft.completed() else { return Err(incomplete::<M>()) };
            largest = largest.max(size(&record, |_| true));
            records.push(record);
            match runs.last_mut() {
                Some((count, kind)) if *kind == with_id => *count += 1,
                _ => runs.push((1, with_id)),
            }
        }
        Ok(Self { records, largest, runs })
    }

    /// Neighbours that are alike, so many at most.
    fn chunks(&self, dialect: &'static dyn Dialect) -> Vec<Chunk<'_>> {
        let most = chunk_rows(dialect, M::TABLE);
        let mut chunks = Vec::with_capacity(self.records.len() / most + self.runs.len());
        let mut start = 0;
        for &(count, with_id) in &self.runs {
            let end = start + count;
            while start < end {
                let next = end.min(start + most);
                chunks.push(Chunk::new(dialect, M::TABLE, &self.records, start..next, with_id));
                start = next;
            }
        }
        chunks
    }

    /// Gives the ids to the records that have none, in their order.
    fn with_ids(mut self, ids: Vec<u64>) -> Result<Vec<M>> {
        if ids.is_empty() {
            return Ok(self.records);
        }
        let (mut ids, mut rest) = (ids.into_iter(), &mut *self.records);
        for (count, with_id) in self.runs {
            let (run, after) = rest.split_at_mut(count);
            rest = after;
            if with_id {
                continue;
            }
            for record in run {
                let id = ids.next().ok_or_else(|| missing_id(M::TABLE))?;
                give_id(record, id)?;
            }
        }
        Ok(self.records)
    }
}

/// Inserts the rows, in one transaction where it takes more than one statement.
pub(super) async fn bulk_create<M: Model>(handle: Handle<'_>, rows: Rows<M>) -> Result<Vec<M>> {
    let mut ids = Vec::with_capacity(rows.records.len());
    {
        let chunks = rows.chunks(handle.dialect());
        send_all(handle, Target::of::<M>(), chunks, rows.largest, &mut ids).await?;
    }
    rows.with_ids(ids)
}

/// Sends them, in one transaction where it takes more than one statement.
fn send_all<'a>(
    handle: Handle<'a>,
    target: Target,
    chunks: Vec<Chunk<'a>>,
    largest: usize,
    ids: &'a mut Vec<u64>,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let mut chunks = chunks.into_iter();
        let Some(first) = chunks.next() else { return Ok(()) };
        let mut first = within_limit(handle, target.table, first, largest).await?;
        if chunks.len() == 0 && first.len() == 1 {
            for chunk in first {
                send(handle, target, chunk, ids).await?;
            }
            return Ok(());
        }
        handle
            .atomically(async move |tx: &Transaction| {
                let handle = Handle::Transaction(tx);
                loop {
                    for chunk in first.drain(..) {
                        send(handle, target, chunk, ids).await?;
                    }
                    let Some(next) = chunks.next() else { return Ok(()) };
                    first = within_limit(handle, target.table, next, largest).await?;
                }
            })
            .await
    })
}

/// The chunk in parts that fit into a packet of the connection, which is asked only where it is large.
async fn within_limit<'r>(
    handle: Handle<'_>,
    table: &Table,
    chunk: Chunk<'r>,
    largest: usize,
) -> Result<Vec<Chunk<'r>>> {
    let most = chunk.rows().saturating_mul(largest);
    if statement_size(head_size(table), most, chunk.len(), chunk.rows()) < SURELY_SMALL {
        return Ok(vec![chunk]);
    }
    let limit = handle.lease().await?.packet_limit();
    Ok(split(&chunk, table, limit))
}

/// The same rows in chunks below the limit. A row that is larger by itself stays one.
fn split<'r>(chunk: &Chunk<'r>, table: &Table, limit: usize) -> Vec<Chunk<'r>> {
    let head = head_size(table);
    let mut chunks: Vec<Chunk<'r>> = Vec::new();
    let mut size = head;
    for row in chunk.each() {
        let more = frame_size(row.width()) + row.bytes();
        size += more;
        match chunks.last_mut() {
            Some(last) if size < limit => last.join(&row),
            _ => {
                size = head + more;
                chunks.push(row);
            }
        }
    }
    chunks
}

/// How many rows a full chunk has on this database: as many as it takes placeholders for.
pub(super) fn chunk_rows(dialect: &dyn Dialect, table: &Table) -> usize {
    let width = table.columns.len().max(1);
    (dialect.capabilities().max_params / width).clamp(1, CHUNK_ROWS)
}

/// What stands before the first row: the names.
pub(super) fn head_size(table: &Table) -> usize {
    64 + table.name.len() + table.columns.iter().map(|column| column.name.len() + PLACEHOLDER).sum::<usize>()
}

/// About how many bytes a statement has: its head, and so many rows whose values have these bytes.
pub(super) fn statement_size(head: usize, bytes: usize, values: usize, rows: usize) -> usize {
    (head + rows * frame_size(values / rows.max(1))).saturating_add(bytes)
}

/// What a row of so many values has besides them.
fn frame_size(width: usize) -> usize {
    (width + 1) * PLACEHOLDER
}

/// Sends one chunk and adds the ids that were generated.
async fn send(handle: Handle<'_>, target: Target, chunk: Chunk<'_>, ids: &mut Vec<u64>) -> Result<()> {
    if chunk.rows() == 1 {
        // The statement of one row stays prepared.
        return one_by_one(handle, target, chunk, ids).await;
    }
    let mut lease = handle.lease().await?;
    if chunk.with_id() {
        return run(&mut lease, target, chunk, false, &mut NoRows).await.map(drop);
    }
    let (table, count) = (target.table, chunk.rows());
    if lease.dialect().capabilities().insert_returning {
        let mut returned = Ids { table, ids: Vec::with_capacity(count) };
        run(&mut lease, target, chunk, true, &mut returned).await?;
        if returned.ids.len() != count {
            return Err(missing_id(table));
        }
        // They are generated in the order of the rows, but not promised to be returned in it.
        returned.ids.sort_unstable();
        ids.append(&mut returned.ids);
        return Ok(());
    }
    // Asked of the very connection that inserts: the distance is a setting of the session.
    let Some(step) = lease.bulk_id_step() else {
        drop(lease);
        // Ids may not be consecutive here, so each row is asked for its own.
        return handle
            .atomically(async move |tx: &Transaction| {
                one_by_one(Handle::Transaction(tx), target, chunk, ids).await
            })
            .await;
    };
    let first = run(&mut lease, target, chunk, false, &mut NoRows).await?.ok_or_else(|| missing_id(table))?;
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    // A server may say what cannot be.
    if step.checked_mul(count).and_then(|all| first.checked_add(all)).is_none() {
        return Err(missing_id(table));
    }
    ids.extend((0..count).map(|n| first + n * step));
    Ok(())
}

pub(super) async fn one_by_one(
    handle: Handle<'_>,
    target: Target,
    chunk: Chunk<'_>,
    ids: &mut Vec<u64>,
) -> Result<()> {
    for row in chunk.each() {
        ids.extend(send_one(handle, target, row).await?);
    }
    Ok(())
}

pub(super) async fn run(
    lease: &mut Lease<'_>,
    target: Target,
    chunk: Chunk<'_>,
    returning: bool,
    sink: &mut dyn RowSink,
) -> Result<Option<u64>> {
    let Target { table, statements } = target;
    let (rows, with_id) = (chunk.rows(), chunk.with_id());
    let render = move |dialect: &dyn Dialect| fixed::insert(dialect, table, with_id, rows, returning);
    // One statement of the model stays prepared: that of a full chunk, as `bulk_create` sends it where ids are generated.
    let generates = table.auto_increment().is_some();
    let asks = generates && lease.dialect().capabilities().insert_returning;
    let full = with_id != generates && returning == asks && rows == chunk_rows(lease.dialect(), table);
    let done = if full {
        let statement = CallStatement::Fixed(&statements.insert_chunk, &render);
        lease.run(&Call { table: Some(table), statement, params: &chunk }, sink).await?
    } else {
        let sql = render(lease.dialect());
        let statement = CallStatement::Dynamic(&sql);
        lease.run(&Call { table: Some(table), statement, params: &chunk }, sink).await?
    };
    Ok(done.last_insert_id)
}

/// The ids that RETURNING gave.
struct Ids {
    table: &'static Table,
    ids: Vec<u64>,
}

impl RowSink for Ids {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        let id = self.table.auto_increment().map_or(0, |id| id);
        self.ids.push(crate::types::decode(cells.take(0), &self.table.columns[id])?);
        Ok(Flow::Continue)
    }
}
