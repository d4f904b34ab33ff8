//! SELECT over several tables: a root and what hangs on it.
//!
//! Rows to which one row each belongs ride along in joins ([`select`]). Rows of which there may be many for each of
//! many parents are a statement of their own ([`children`], [`count_children`]).

mod joins;
mod limited;
mod many;

use joins::Nodes;
pub use many::{Children, children, count_children};

use super::{Dialect, Expr, Link, OrderTerm, Place, Rendered, Rows, Writer};
use crate::error::Result;
use crate::schema::{ColumnDef, Table};

/// A root table, the tables joined to it, and what is read of them.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The root's table.
    pub table: &'static Table,
    /// The cells of a row, in this order.
    pub outputs: Vec<Output>,
    /// The tables joined. One whose row is missing gives NULL cells.
    pub joins: Vec<Join>,
    /// Which rows of the root.
    pub rows: Rows,
}

impl Tree {
    /// These rows of a table, with nothing asked of them yet.
    pub fn new(table: &'static Table, rows: Rows) -> Self {
        Self { table, outputs: Vec::new(), joins: Vec::new(), rows }
    }
}

/// A cell of the result.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Whose column it is: 0 is the root, 1 the first of the joins.
    pub node: usize,
    /// The column.
    pub column: &'static ColumnDef,
}

/// A table whose row belongs to one of another: at most one.
#[derive(Debug, Clone)]
pub struct Join {
    /// The node that it hangs on, which comes before this one: 0 is the root, 1 the first of the joins.
    pub parent: usize,
    /// The columns that must be equal. There is no join table between.
    pub link: Link,
    /// Whether a row of the parent that has none is left out. Below a join that is not required, what is left out is that join's row:
    /// it counts as missing, and the rows further up stay.
    pub required: bool,
    /// Further conditions on its row; one that does not meet them counts as missing.
    pub filter: Vec<Expr>,
    /// Where there may be several rows that meet them: the order whose first one is taken. It is not needed where the columns are unique.
    pub first: Option<Vec<OrderTerm>>,
}

/// What is asked of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// Its rows.
    Rows,
    /// How many there are: one cell. Limit and offset count, as they do for the rows.
    Count,
}

/// `SELECT` of the root's rows with those joined.
///
/// # Errors
/// Where a value did not encode or something is not possible on this database.
pub fn select(dialect: &dyn Dialect, mut tree: Tree, wants: Wants) -> Result<Rendered> {
    let mut writer = Writer::new(dialect);
    let counts = wants == Wants::Count;
    let paged = tree.rows.is_paged();
    if counts && !paged {
        tree.rows.order.clear();
    }
    let mut nodes = Nodes::new(tree.joins, counts);
    let several = !nodes.is_empty() || tree.rows.has_subquery();
    let root = if several { writer.enter(tree.table) } else { Place::Only };
    nodes.give_places(&mut writer, root);
    writer.push("SELECT ");
    if counts {
        writer.push("COUNT(*) AS ").name("count").push(if paged { " FROM (SELECT 1" } else { "" });
    } else {
        for (n, output) in tree.outputs.iter().enumerate() {
            writer.push(if n == 0 { "" } else { ", " });
            writer.column_of(nodes.place(output.node), output.column.name);
        }
    }
    writer.push(" FROM ").table(tree.table, root);
    nodes.write(&mut writer)?;
    writer.rows(tree.rows)?;
    if counts && paged {
        writer.push(") ").name("page");
    }
    writer.finish()
}
