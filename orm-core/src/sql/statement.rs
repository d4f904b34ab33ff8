//! Statements as trees.

use super::{Expr, Link};
use crate::schema::ColumnDef;

/// One term of ORDER BY.
#[derive(Debug, Clone)]
pub struct OrderTerm {
    /// The column.
    pub column: &'static ColumnDef,
    /// Largest first.
    pub descending: bool,
    /// Where NULLs go; the database's own rule where it is not said.
    pub nulls_last: Option<bool>,
    /// How to get from the row to the one whose column it is: associations to one row each, none for the row itself.
    pub path: Vec<Link>,
}

impl OrderTerm {
    /// A column of the row itself, upwards.
    pub fn of(column: &'static ColumnDef) -> Self {
        Self { column, descending: false, nulls_last: None, path: Vec::new() }
    }
}

/// The rows of one table that a statement is about.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// The condition; all conditions given are joined by AND.
    pub filter: Vec<Expr>,
    /// The order.
    pub order: Vec<OrderTerm>,
    /// The most rows.
    pub limit: Option<u64>,
    /// Rows to leave out first.
    pub offset: Option<u64>,
    /// The locks to take on the rows.
    pub lock: Option<RowLock>,
}

/// Locks on the rows that a SELECT reads, until the transaction is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLock {
    /// Whether others may still read the rows with such a lock, and only not change them.
    pub shared: bool,
    /// What is done about rows that others have locked.
    pub locked: Locked,
}

/// What is done about rows that others have locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locked {
    /// It waits for them.
    Wait,
    /// It leaves them out.
    Skip,
    /// It fails.
    Fail,
}
