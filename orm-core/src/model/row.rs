//! Reading a row by position.

use crate::driver::Cells;
use crate::error::Result;
use crate::schema::ColumnDef;
use crate::types::{self, ColumnType};
use crate::value::Value;

/// A row being read: its cells, where this model's begin, and for raw SQL in which order they stand.
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

    /// Takes the n-th column of the table.
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
