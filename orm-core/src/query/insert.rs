//! INSERT of one record.

use std::marker::PhantomData;

use super::statement::Target;
use crate::db::{Call, CallStatement, Handle};
use crate::driver::{BoxFuture, NoRows};
use crate::error::{Error, Mismatch, Result};
use crate::model::{Blanks, Draft, Generated, Model, give_id};
use crate::schema::{ColumnDef, Table};
use crate::sql::{Dialect, fixed, too_large};
use crate::types::{ColumnType, Converted, Values};
use crate::value::Value;

/// Saves a draft: one INSERT. The record is made of the values that are sent, and gets the id that comes back.
pub(super) async fn insert_with<M: Model>(handle: Handle<'_>, draft: Draft<M>) -> Result<M> {
    let (mut record, with_id) = draft.into_record(&Blanks::new(M::TABLE))?;
    insert_record(handle, &mut record, with_id).await?;
    Ok(record)
}

/// Inserts a record, and gives it the id that comes back.
pub(crate) async fn insert_record<M: Model>(handle: Handle<'_>, record: &mut M, with_id: bool) -> Result<()> {
    let mut params = Params::new(handle.dialect(), M::TABLE, with_id, 1);
    params.push(record)?;
    match send_one(handle, Target::of::<M>(), &params.values, with_id).await? {
        Some(id) => give_id(record, id),
        None => Ok(()),
    }
}

/// Sends one INSERT, and gives the id back that was generated for it.
pub(super) fn send_one<'a>(
    handle: Handle<'a>,
    Target { table, statements }: Target,
    params: &'a [Value<'a>],
    with_id: bool,
) -> BoxFuture<'a, Result<Option<u64>>> {
    Box::pin(async move {
        let id = if with_id { &statements.insert_with_id } else { &statements.insert };
        let render = move |dialect: &dyn Dialect| fixed::insert(dialect, table, with_id, 1, false);
        let statement = CallStatement::Fixed(id, &render);
        let done = handle.send(&Call { table: Some(table), statement, params }, &mut NoRows).await?;
        if with_id {
            return Ok(None);
        }
        done.last_insert_id.map(Some).ok_or_else(|| missing_id(table))
    })
}

/// The values of an INSERT: those of one record, and of the next.
pub(super) struct Params<'r> {
    dialect: &'static dyn Dialect,
    /// The largest unsigned integer that the database holds exactly.
    max_unsigned: u64,
    /// Whether no column is left to the database.
    with_id: bool,
    pub(super) values: Vec<Value<'r>>,
    /// About how many bytes the values have.
    pub(super) size: usize,
    error: Option<Error>,
}

impl<'r> Params<'r> {
    /// None yet, with room for so many rows.
    pub(super) fn new(
        dialect: &'static dyn Dialect,
        table: &'static Table,
        with_id: bool,
        rows: usize,
    ) -> Self {
        Self {
            dialect,
            max_unsigned: dialect.capabilities().max_unsigned,
            with_id,
            values: Vec::with_capacity(rows * table.columns.len()),
            size: 0,
            error: None,
        }
    }

    /// Adds those of a record; none that the database would not hold exactly.
    #[inline]
    pub(super) fn push<M: Model>(&mut self, record: &'r M) -> Result<()> {
        record.values(&mut Row { params: self, model: PhantomData::<M> });
        self.error.take().map_or(Ok(()), Err)
    }

    /// Adds those of some columns of a record, in the order of the table; `wanted` tells which.
    pub(super) fn push_some<M: Model>(&mut self, record: &'r M, wanted: &[bool]) -> Result<()> {
        record.values(&mut Picked { params: self, wanted, model: PhantomData::<M> });
        self.error.take().map_or(Ok(()), Err)
    }

    #[cold]
    fn refuse(&mut self, refused: Refused, column: &ColumnDef) {
        let error = match refused {
            Refused::Mismatch(mismatch) => Error::Encode(mismatch.at(column.table, column.name)),
            Refused::TooLarge => too_large(self.dialect, column),
        };
        self.error.get_or_insert(error);
    }
}

/// Why a value is not one of the column's.
enum Refused {
    Mismatch(Box<Mismatch>),
    TooLarge,
}

/// One record's values. It knows the model, so that the compiler knows every column.
struct Row<'p, 'r, M> {
    params: &'p mut Params<'r>,
    model: PhantomData<M>,
}

impl<'r, M: Model> Values<'r> for Row<'_, 'r, M> {
    #[inline]
    fn take<T: ColumnType>(&mut self, position: usize, field: &'r T) {
        add::<M>(self.params, position, |column| field.encode(column));
    }
}

/// The values of some columns of one record.
struct Picked<'p, 'r, M> {
    params: &'p mut Params<'r>,
    wanted: &'p [bool],
    model: PhantomData<M>,
}

impl<'r, M: Model> Values<'r> for Picked<'_, 'r, M> {
    #[inline]
    fn take<T: ColumnType>(&mut self, position: usize, field: &'r T) {
        if self.wanted[position] {
            add::<M>(self.params, position, |column| field.encode(column));
        }
    }
}

/// How much of a statement one record takes.
pub(super) struct Share<M> {
    /// Whether no column is left to the database.
    with_id: bool,
    pub(super) values: usize,
    /// About how many bytes they have.
    pub(super) bytes: usize,
    model: PhantomData<M>,
}

impl<M: Model> Share<M> {
    #[inline]
    pub(super) fn of(record: &M, with_id: bool) -> Self {
        let mut share = Self { with_id, values: 0, bytes: 0, model: PhantomData };
        record.values(&mut share);
        share
    }
}

impl<'r, M: Model> Values<'r> for Share<M> {
    #[inline]
    fn take<T: ColumnType>(&mut self, position: usize, field: &'r T) {
        if Generated::<M>::is(position) && !self.with_id && M::TABLE.columns.len() > 1 {
            return;
        }
        self.values += 1;
        // One that does not fit is refused when the statement is made.
        if let Ok(value) = field.encode(&M::TABLE.columns[position]) {
            self.bytes += value.wire_size();
        }
    }
}

/// Adds the value of the column at this position, unless it is left to the database.
#[inline]
fn add<'v, M: Model>(
    params: &mut Params<'v>,
    position: usize,
    encode: impl FnOnce(&'static ColumnDef) -> Converted<Value<'v>>,
) {
    let column = &M::TABLE.columns[position];
    let Params { max_unsigned, with_id, values, size, .. } = &mut *params;
    let is_generated = Generated::<M>::is(position) && !*with_id;
    if is_generated && M::TABLE.columns.len() > 1 {
        return;
    }
    let mut refused = None;
    // Room is made before the value, and nothing can unwind while there is one: so it is made where it stays, in registers. It
    // would be dropped else, thus have an address, and be copied from there before its parts are written.
    values.extend(std::iter::once_with(|| {
        if is_generated {
            // It is the only column: an empty list of columns is not portable.
            return Value::Null;
        }
        match encode(column) {
            Ok(value) => {
                if matches!(value, Value::UInt(number) if number > *max_unsigned) {
                    refused = Some(Refused::TooLarge);
                }
                *size += value.wire_size();
                value
            }
            Err(mismatch) => {
                refused = Some(Refused::Mismatch(mismatch));
                Value::Null
            }
        }
    }));
    if let Some(refused) = refused {
        params.refuse(refused, column);
    }
}

/// The error of a reply that has no id.
pub(super) fn missing_id(table: &Table) -> Error {
    let column = table.auto_increment().map_or("", |id| table.columns[id].name);
    Error::Decode(
        Mismatch::new("a generated id for each row", "fewer in the database's reply").at(table.name, column),
    )
}
