//! SELECT, and the UPDATE and DELETE of rows that a condition picks.

use super::{Dialect, Expr, Rendered, Rows, Writer};
use crate::error::{Error, Result};
use crate::schema::{ColumnDef, Table};
use crate::value::Value;

/// What a SELECT asks for.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'c> {
    /// All columns, in their order.
    All,
    /// The columns at these positions.
    Columns(&'c [usize]),
    /// How many rows there are.
    Count,
    /// A function of a column: `MIN`, `MAX`, `SUM`, `AVG`.
    Aggregate(&'static str, &'static ColumnDef),
    /// Whether there is a row: a 1 for each.
    Existence,
}

/// How a column of an UPDATE gets its value.
#[derive(Debug)]
pub enum NewValue {
    /// This value.
    Is(Value<'static>),
    /// The old one plus (`+`) or minus (`-`) this.
    Arithmetic(char, Value<'static>),
}

/// `SELECT ..` of a table's rows.
///
/// # Errors
/// Where a value did not encode or something is not possible on this database.
pub fn select(dialect: &dyn Dialect, table: &Table, wanted: Wanted<'_>, rows: Rows) -> Result<Rendered> {
    let mut writer = Writer::new(dialect);
    writer.push("SELECT ");
    // A count or sum of a page is one of a subquery: LIMIT comes after aggregation.
    let paged = rows.limit.is_some() || rows.offset.is_some();
    match wanted {
        Wanted::All => {
            writer.names(table.columns.iter().map(|column| column.name));
        }
        Wanted::Columns(columns) => {
            writer.names(columns.iter().map(|&n| table.columns[n].name));
        }
        Wanted::Existence => {
            writer.push("1");
        }
        Wanted::Count => {
            writer.push("COUNT(*) AS ").name("count");
            if paged {
                writer.push(" FROM (SELECT 1");
            }
        }
        Wanted::Aggregate(function, column) => {
            writer
                .push(dialect.aggregate(function, column))
                .push("(")
                .name(column.name)
                // The servers average integers as decimals of four digits behind the point.
                .push(if function == "AVG" && column.data_type.is_integer() {
                    " + 0e0) AS "
                } else {
                    ") AS "
                })
                .name("value");
            if paged {
                writer.push(" FROM (SELECT ").name(column.name);
            }
        }
    }
    writer.push(" FROM ").name(table.name);
    let subquery = paged && matches!(wanted, Wanted::Count | Wanted::Aggregate(..));
    writer.rows(rows)?;
    if subquery {
        writer.push(") ").name("page");
    }
    writer.finish()
}

/// `UPDATE .. SET .. WHERE ..`; with a limit or offset through a subquery over the key.
///
/// # Errors
/// As [`select`].
pub fn update(
    dialect: &dyn Dialect,
    table: &Table,
    values: Vec<(usize, NewValue)>,
    rows: Rows,
) -> Result<Rendered> {
    let mut writer = Writer::new(dialect);
    writer.push("UPDATE ").name(table.name).push(" SET ");
    for (n, (position, value)) in values.into_iter().enumerate() {
        let column = &table.columns[position];
        writer.push(if n == 0 { "" } else { ", " });
        match value {
            NewValue::Is(value) => writer.name(column.name).push(" = ").bind(column, value)?,
            NewValue::Arithmetic(op, value) => writer.arithmetic(column, op, value)?,
        };
    }
    picked(&mut writer, table, rows)?;
    writer.finish()
}

/// `DELETE FROM .. WHERE ..`; with a limit or offset through a subquery over the key.
///
/// # Errors
/// As [`select`].
pub fn delete(dialect: &dyn Dialect, table: &Table, rows: Rows) -> Result<Rendered> {
    let mut writer = Writer::new(dialect);
    writer.push("DELETE FROM ").name(table.name);
    picked(&mut writer, table, rows)?;
    writer.finish()
}

fn picked(writer: &mut Writer<'_>, table: &Table, rows: Rows) -> Result<()> {
    if rows.limit.is_none() && rows.offset.is_none() {
        if !rows.order.is_empty() {
            return Err(Error::Unsupported(
                "an order without a limit means nothing in an update or destroy: add a limit".into(),
            ));
        }
        writer.filter(rows.filter)?;
        return Ok(());
    }
    // The key is selected once more around the page, since MySQL allows neither LIMIT in an IN subquery nor the target table in one.
    let composite = table.primary_key.len() > 1;
    writer.push(" WHERE ").push(if composite { "(" } else { "" });
    writer.names(table.key_columns().map(|column| column.name)).push(if composite { ")" } else { "" });
    writer.push(" IN (SELECT ").names(table.key_columns().map(|column| column.name));
    writer.push(" FROM (SELECT ").names(table.key_columns().map(|column| column.name));
    writer.push(" FROM ").name(table.name).rows(rows)?.push(") ").name("page").push(")");
    Ok(())
}

impl Expr {
    /// What the condition comes to, where that does not depend on the row: an AND of nothing is true, an IN of nothing false.
    pub fn constant(&self) -> Option<bool> {
        match self {
            Self::Constant(truth) => Some(*truth),
            Self::In { values, negated, .. } if values.is_empty() => Some(*negated),
            Self::Not(condition) => condition.constant().map(|truth| !truth),
            Self::And(terms) => fold(terms, false),
            Self::Or(terms) => fold(terms, true),
            _ => None,
        }
    }
}

/// `decisive` is the value of one term that decides the whole.
fn fold(terms: &[Expr], decisive: bool) -> Option<bool> {
    let mut known = Some(!decisive);
    for term in terms {
        match term.constant() {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => known = None,
        }
    }
    known
}

impl Rows {
    /// Whether the conditions leave no row out: none was given, or what was given comes to nothing.
    pub fn is_everything(&self) -> bool {
        self.filter.iter().all(|condition| condition.constant() == Some(true))
    }

    /// Whether the conditions pin the key of the table, so that at most one row can match.
    pub fn pins_key(&self, table: &Table) -> bool {
        table.key_columns().all(|key| {
            self.filter.iter().any(|condition| {
                matches!(condition, Expr::Compare(column, super::Compare::Equal, _) if column.name == key.name)
            })
        })
    }

    /// Whether nothing was asked for.
    pub fn is_plain(&self) -> bool {
        self.filter.is_empty() && self.order.is_empty() && self.limit.is_none() && self.offset.is_none()
    }
}
