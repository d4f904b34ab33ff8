//! Statements as trees.

use super::Expr;
use crate::schema::ColumnDef;

/// One term of ORDER BY.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderTerm {
    /// The column.
    pub column: &'static ColumnDef,
    /// Largest first.
    pub descending: bool,
    /// Where NULLs go; the database's own rule where it is not said.
    pub nulls_last: Option<bool>,
}

/// The rows of one table that a statement is about.
#[derive(Debug, Default)]
pub struct Rows {
    /// The condition; all conditions given are joined by AND.
    pub filter: Vec<Expr>,
    /// The order.
    pub order: Vec<OrderTerm>,
    /// The most rows.
    pub limit: Option<u64>,
    /// Rows to leave out first.
    pub offset: Option<u64>,
}
