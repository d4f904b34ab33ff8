//! INSERT of many records.

use super::insert::{Values, insert_values, now, push_params};
use crate::db::{Call, CallStatement, Handle, Lease, Transaction};
use crate::driver::{Cells, Flow, NoRows, RowSink};
use crate::error::{Error, Mismatch, Result};
use crate::model::{Draft, Model, draft};
use crate::schema::Table;
use crate::sql::{Dialect, fixed};
use crate::value::Value;

/// The most rows of one INSERT. Larger ones are no faster, and a statement of this size stays prepared.
const CHUNK_ROWS: usize = 1000;

/// What a value costs in the statement's text: a placeholder, a comma and a space, with some to spare.
const PLACEHOLDER: usize = 4;

/// The values of many records, one record behind the other in one vector.
pub(super) struct Rows(Vec<Option<Value<'static>>>);

impl Rows {
    /// Completes the drafts.
    pub(super) fn gather<M: Model>(drafts: impl Iterator<Item = Draft<M>>) -> Result<Self> {
        let now = now();
        let mut values = Vec::with_capacity(drafts.size_hint().0.saturating_mul(M::TABLE.columns.len()));
        for draft in drafts {
            values.append(&mut draft.complete(now)?);
        }
        Ok(Self(values))
    }
}

/// Inserts the rows, in one transaction where it takes more than one statement.
pub(super) async fn bulk_create<M: Model>(handle: Handle<'_>, rows: Rows) -> Result<Vec<M>> {
    let Rows(mut values) = rows;
    let (table, width) = (M::TABLE, M::TABLE.columns.len());
    let id = table.auto_increment();
    let count = values.len() / width;
    if count == 0 {
        return Ok(Vec::new());
    }
    let uniform = each(&values, table).all(|row| has_id(row, id) == has_id(&values[..width], id));
    if uniform && count <= chunk_rows(handle.dialect(), table) && fits(handle, table, &values).await? {
        run::<M>(handle, &mut values).await?;
    } else {
        let sent = &mut values;
        handle
            .atomically(async move |tx: &Transaction| chunks::<M>(Handle::Transaction(tx), sent).await)
            .await?;
    }
    values.chunks_exact_mut(width).map(draft::record).collect()
}

/// The rows, one by one.
fn each<'v>(values: &'v Values, table: &Table) -> impl Iterator<Item = &'v Values> {
    values.chunks_exact(table.columns.len())
}

fn has_id(row: &Values, id: Option<usize>) -> bool {
    id.is_none_or(|id| row[id].is_some())
}

/// How many rows a full chunk has on this database: as many as it takes placeholders for.
fn chunk_rows(dialect: &dyn Dialect, table: &Table) -> usize {
    let width = table.columns.len().max(1);
    (dialect.capabilities().max_params / width).clamp(1, CHUNK_ROWS)
}

/// Whether one statement may be as large as these rows make it.
async fn fits(handle: Handle<'_>, table: &Table, rows: &Values) -> Result<bool> {
    // Most lists are far below every limit, so the connection is asked only where it could matter.
    const SURELY_SMALL: usize = 256 * 1024;
    let size = each(rows, table).map(row_size).fold(head_size(table), usize::saturating_add);
    Ok(size < SURELY_SMALL || size < handle.lease().await?.packet_limit())
}

/// What stands before the first row: the names.
fn head_size(table: &Table) -> usize {
    64 + table.name.len() + table.columns.iter().map(|column| column.name.len() + PLACEHOLDER).sum::<usize>()
}

fn row_size(row: &Values) -> usize {
    (row.len() + 1) * PLACEHOLDER + row.iter().flatten().map(Value::wire_size).sum::<usize>()
}

/// Sends the rows in runs of the same shape, each run in chunks below the limits.
async fn chunks<M: Model>(handle: Handle<'_>, rows: &mut Values) -> Result<()> {
    let (table, width) = (M::TABLE, M::TABLE.columns.len());
    let id = table.auto_increment();
    let most = chunk_rows(handle.dialect(), table);
    let packet = handle.lease().await?.packet_limit();
    let mut rest = rows;
    while !rest.is_empty() {
        let kind = has_id(&rest[..width], id);
        let mut size = head_size(table);
        let mut length = 0;
        for row in each(rest, table) {
            size += row_size(row);
            if length > 0 && (length == most || size >= packet || has_id(row, id) != kind) {
                break;
            }
            length += 1;
        }
        let (chunk, after) = rest.split_at_mut(length * width);
        run::<M>(handle, chunk).await?;
        rest = after;
    }
    Ok(())
}

/// Sends one chunk of rows of one shape and fills their ids in.
async fn run<M: Model>(handle: Handle<'_>, rows: &mut Values) -> Result<()> {
    let table = M::TABLE;
    let count = rows.len() / table.columns.len();
    let mut lease = handle.lease().await?;
    let Some(id) = table.auto_increment().filter(|&id| rows[id].is_none()) else {
        return send::<M>(&mut lease, rows, true, false, &mut NoRows).await.map(drop);
    };
    if lease.dialect().capabilities().insert_returning {
        let mut ids = Ids { table, id, ids: Vec::with_capacity(count) };
        send::<M>(&mut lease, rows, false, true, &mut ids).await?;
        return ids.fill(rows);
    }
    // Asked of the very connection that inserts: the distance is a setting of the session.
    let Some(step) = lease.bulk_id_step() else {
        drop(lease);
        // Ids may not be consecutive here, so each row is asked for its own.
        return if count == 1 {
            insert_values::<M>(handle, rows).await
        } else {
            handle
                .atomically(async move |tx: &Transaction| {
                    one_by_one::<M>(Handle::Transaction(tx), rows).await
                })
                .await
        };
    };
    let first = send::<M>(&mut lease, rows, false, false, &mut NoRows).await?;
    let mut next = first.ok_or_else(|| missing_ids(table, id))?;
    for row in rows.chunks_exact_mut(table.columns.len()) {
        row[id] = Some(Value::UInt(next));
        next += step;
    }
    Ok(())
}

async fn one_by_one<M: Model>(handle: Handle<'_>, rows: &mut Values) -> Result<()> {
    for row in rows.chunks_exact_mut(M::TABLE.columns.len()) {
        insert_values::<M>(handle, row).await?;
    }
    Ok(())
}

async fn send<M: Model>(
    lease: &mut Lease<'_>,
    rows: &Values,
    with_id: bool,
    returning: bool,
    sink: &mut dyn RowSink,
) -> Result<Option<u64>> {
    let table = M::TABLE;
    let mut params = Vec::with_capacity(rows.len());
    for row in each(rows, table) {
        push_params(lease.dialect(), table, row, with_id, &mut params)?;
    }
    let count = rows.len() / table.columns.len();
    let render = move |dialect: &dyn Dialect| fixed::insert(dialect, table, with_id, count, returning);
    let full = !with_id && count == chunk_rows(lease.dialect(), table);
    let done = if full {
        let statement = CallStatement::Fixed(&M::statements().insert_chunk, &render);
        lease.run(Call { table: Some(table), statement }, params, sink).await?
    } else {
        let sql = render(lease.dialect());
        let statement = CallStatement::Dynamic(&sql);
        lease.run(Call { table: Some(table), statement }, params, sink).await?
    };
    Ok(done.last_insert_id)
}

/// The ids that RETURNING gave.
struct Ids {
    table: &'static Table,
    id: usize,
    ids: Vec<u64>,
}

impl RowSink for Ids {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        self.ids.push(crate::types::decode(cells.take(0), &self.table.columns[self.id])?);
        Ok(Flow::Continue)
    }
}

impl Ids {
    /// Gives the ids to the rows. They are generated in the order of the rows, but not promised to be returned in it.
    fn fill(mut self, rows: &mut Values) -> Result<()> {
        let width = self.table.columns.len();
        if self.ids.len() != rows.len() / width {
            return Err(missing_ids(self.table, self.id));
        }
        self.ids.sort_unstable();
        for (row, id) in rows.chunks_exact_mut(width).zip(self.ids) {
            row[self.id] = Some(Value::UInt(id));
        }
        Ok(())
    }
}

fn missing_ids(table: &Table, id: usize) -> Error {
    Error::Decode(
        Mismatch::new("a generated id for each row", "fewer in the database's reply")
            .at(table.name, table.columns[id].name),
    )
}
