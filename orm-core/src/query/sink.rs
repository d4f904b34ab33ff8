//! Where the rows of a statement go.

use super::Plan;
use crate::driver::{Cells, Flow, RowSink};
use crate::error::Result;
use crate::schema::ColumnDef;
use crate::types::{self, ColumnType};

/// Gives the rows to a plan.
pub(super) struct Collect<'p, O>(pub(super) &'p mut dyn Plan<O>);

impl<O> RowSink for Collect<'_, O> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        self.0.row(cells)?;
        Ok(Flow::Continue)
    }
}

/// Keeps one cell: the first of the last row.
pub(super) struct Cell<'c, T> {
    column: &'c ColumnDef,
    pub(super) value: Option<T>,
}

impl<'c, T> Cell<'c, T> {
    pub(super) fn new(column: &'c ColumnDef) -> Self {
        Self { column, value: None }
    }
}

impl<T: ColumnType> RowSink for Cell<'_, T> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        self.value = Some(types::decode(cells.take(0), self.column)?);
        Ok(Flow::Continue)
    }
}

/// Counts the rows.
#[derive(Default)]
pub(super) struct Tally(pub(super) u64);

impl RowSink for Tally {
    fn row(&mut self, _cells: &mut dyn Cells) -> Result<Flow> {
        self.0 += 1;
        Ok(Flow::Continue)
    }
}
