//! Reading a row by position.

use std::marker::PhantomData;

use super::Model;
use crate::driver::Cells;
use crate::error::{Error, Mismatch, Result};
use crate::schema::ColumnDef;
use crate::types::{self, ColumnType, Slots};
use crate::value::Value;

/// A row being read: its cells, where this model's begin, and for raw SQL in which order they stand.
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
/// use orm_core::model::Row;
/// use orm_core::query::{Columns, FromRow};
///
/// struct Shelf {
///     title: String,
///     loans: u32,
/// }
///
/// impl FromRow for Shelf {
///     fn columns() -> Columns {
///         Columns::Position(2)
///     }
///
///     fn from_row(row: &mut Row<'_>) -> orm_core::Result<Self> {
///         let (title, loans) = FromRow::from_row(row)?;
///         Ok(Self { title, loans })
///     }
/// }
///
/// let shelf: Vec<Shelf> = db.query_as("SELECT title, loans FROM books ORDER BY id", ()).await?;
/// assert_eq!((shelf[0].title.as_str(), shelf[0].loans), ("Emma", 0));
/// # Ok(())
/// # }
/// ```
pub struct Row<'a> {
    cells: &'a mut dyn Cells,
    offset: usize,
    order: Option<&'a [usize]>,
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl<'a> Row<'a> {
    /// Columns from this position on, in the order of the table.
    #[inline]
    pub fn new(cells: &'a mut dyn Cells, offset: usize) -> Self {
        Self { cells, offset, order: None }
    }

    /// Columns at these positions: `order[n]` is where the n-th of the table stands.
    pub fn reordered(cells: &'a mut dyn Cells, order: &'a [usize]) -> Self {
        Self { cells, offset: 0, order: Some(order) }
    }

    /// Takes the n-th column of the table. What is taken a second time may be NULL.
    #[inline]
    pub fn take(&mut self, n: usize) -> Value<'_> {
        let position = self.order.map_or(n, |order| order[n]);
        self.cells.take(self.offset + position)
    }

    /// Takes and decodes the n-th column of the table.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where the cell is not of this type.
    pub fn column<T: ColumnType>(&mut self, n: usize, column: &ColumnDef) -> Result<T> {
        types::decode(self.take(n), column)
    }
}

/// The record of a row.
#[inline]
pub(super) fn record<M: Model>(row: &mut Row<'_>) -> Result<M> {
    let mut error = None;
    read(row, &mut error).ok_or_else(|| refusal::<M>(error))
}

/// Adds the record of a row to these. Not by a result, out of which it would have to be moved.
///
/// # Errors
/// As [`Model::from_row`].
#[inline]
pub(crate) fn push_record<M: Model>(row: &mut Row<'_>, records: &mut Vec<M>) -> Result<()> {
    let mut error = None;
    let Some(record) = read(row, &mut error) else { return Err(refusal::<M>(error)) };
    records.push(record);
    Ok(())
}

#[expect(
    clippy::inline_always,
    reason = "left to the compiler it is a call in some programs, a hundredth of what a row takes"
)]
#[inline(always)]
fn read<M: Model>(row: &mut Row<'_>, error: &mut Option<Error>) -> Option<M> {
    let mut fields = M::Fields::default();
    M::slots(&mut fields, &mut Read { row, model: PhantomData::<M>, error });
    M::from_fields(fields)
}

/// Why there is no record.
#[cold]
fn refusal<M: Model>(error: Option<Error>) -> Error {
    error.unwrap_or_else(|| types::decode_error(Mismatch::new("a value", "none"), &M::TABLE.columns[0]))
}

/// Reads a row into the fields of a record. It knows the model, so that the compiler knows every column.
struct Read<'a, 'r, M> {
    row: &'a mut Row<'r>,
    model: PhantomData<M>,
    error: &'a mut Option<Error>,
}

impl<M: Model> Read<'_, '_, M> {
    #[cold]
    fn refuse(&mut self, mismatch: Box<Mismatch>, column: usize) {
        self.error.get_or_insert_with(|| types::decode_error(mismatch, &M::TABLE.columns[column]));
    }
}

impl<M: Model> Slots for Read<'_, '_, M> {
    #[inline]
    fn take<T: ColumnType>(&mut self, column: usize, field: &mut Option<T>) {
        match T::decode(self.row.take(column)) {
            Ok(value) => *field = Some(value),
            Err(mismatch) => self.refuse(mismatch, column),
        }
    }
}
