//! Foreign keys.

use super::Table;

/// What happens to a row when the row that it refers to is deleted or its key changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It is refused.
    NoAction,
    /// It is refused, and at once where the database can tell the two apart.
    Restrict,
    /// The foreign key becomes NULL.
    SetNull,
    /// The row is deleted, or its foreign key follows.
    Cascade,
}

impl Action {
    /// In SQL's words.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::SetNull => "SET NULL",
            Self::Cascade => "CASCADE",
        }
    }
}

/// A foreign key: columns of a table that hold the key of a row of another, or of the same.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ForeignKey {
    /// The constraint's name in the database, `tasks_user_id_fkey`.
    pub name: &'static str,
    /// Positions of its columns.
    pub columns: &'static [usize],
    /// The table that it refers to; a function, since tables may refer to each other.
    pub target: fn() -> &'static Table,
    /// Positions of the columns of that table, none for its primary key.
    target_key: &'static [usize],
    /// What happens when the row that it refers to is deleted.
    pub on_delete: Action,
    /// What happens when the key of that row changes.
    pub on_update: Action,
}

impl ForeignKey {
    /// A foreign key to a primary key.
    pub const fn new(
        name: &'static str,
        columns: &'static [usize],
        target: fn() -> &'static Table,
        on_delete: Action,
        on_update: Action,
    ) -> Self {
        Self { name, columns, target, target_key: &[], on_delete, on_update }
    }

    /// The same, to other columns than the primary key.
    #[must_use]
    pub const fn target_key(mut self, columns: &'static [usize]) -> Self {
        self.target_key = columns;
        self
    }

    /// Positions of the columns that it refers to.
    pub fn target_columns(&self) -> &'static [usize] {
        if self.target_key.is_empty() { (self.target)().primary_key } else { self.target_key }
    }
}
