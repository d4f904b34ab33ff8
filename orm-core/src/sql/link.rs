//! How the rows of two tables hang together.

use crate::schema::{ColumnDef, Table};

/// An association as the columns that must be equal: those of the near row, and of the far one; in between where there is a join table.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The table of the near row, whose association it is.
    pub source: &'static Table,
    /// The table of the far rows.
    pub target: &'static Table,
    /// Positions of columns of the near table.
    pub near: &'static [usize],
    /// Positions of columns of the far table; in the same order as `near` where no join table is between.
    pub far: &'static [usize],
    /// The join table.
    pub through: Option<Through>,
}

/// The join table of an association: its rows stand for the pairs.
#[derive(Debug, Clone, Copy)]
pub struct Through {
    /// The join table.
    pub table: &'static Table,
    /// Positions of its columns that hold the near key, in the order of [`Link::near`].
    pub near: &'static [usize],
    /// Positions of its columns that hold the far key, in the order of [`Link::far`].
    pub far: &'static [usize],
}

impl Link {
    /// Whether a near row can have no more than one far row, since the columns that hold its key are unique.
    pub fn is_unique(&self) -> bool {
        let within = |key: &[usize]| !key.is_empty() && key.iter().all(|column| self.far.contains(column));
        self.through.is_none()
            && (within(self.target.primary_key)
                || self.target.indexes.iter().any(|index| index.unique && within(index.columns)))
    }

    /// The columns of the near row.
    pub fn near_columns(&self) -> impl Iterator<Item = &'static ColumnDef> + use<> {
        columns(self.source, self.near)
    }

    /// The columns of the far row.
    pub fn far_columns(&self) -> impl Iterator<Item = &'static ColumnDef> + use<> {
        columns(self.target, self.far)
    }
}

impl PartialEq for Through {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.table, other.table) && self.near == other.near && self.far == other.far
    }
}

impl Eq for Through {}

impl Through {
    /// The columns that hold the near key.
    pub fn near_columns(&self) -> impl Iterator<Item = &'static ColumnDef> + use<> {
        columns(self.table, self.near)
    }

    /// The columns that hold the far key.
    pub fn far_columns(&self) -> impl Iterator<Item = &'static ColumnDef> + use<> {
        columns(self.table, self.far)
    }
}

fn columns(table: &'static Table, positions: &'static [usize]) -> impl Iterator<Item = &'static ColumnDef> {
    positions.iter().map(move |&n| &table.columns[n])
}
