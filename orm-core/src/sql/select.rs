//! SELECT, and the UPDATE and DELETE of rows that a condition picks.

use super::{Dialect, Place, Rendered, Rows, Writer};
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
    let place = if rows.has_subquery() { writer.enter(table) } else { Place::Only };
    writer.push("SELECT ");
    // A count or sum of a page is one of a subquery: LIMIT comes after aggregation.
    let paged = rows.is_paged();
    match wanted {
        Wanted::All => {
            writer.columns(table.columns);
        }
        Wanted::Columns(columns) => {
            writer.columns(columns.iter().map(|&n| &table.columns[n]));
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
                .column_of(if paged { Place::Only } else { place }, column.name)
                // The servers average integers as decimals of four digits behind the point.
                .push(if function == "AVG" && column.data_type.is_integer() {
                    " + 0e0) AS "
                } else {
                    ") AS "
                })
                .name("value");
            if paged {
                writer.push(" FROM (SELECT ").column(column);
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
    let paged = rows.is_paged();
    if !paged && !rows.order.is_empty() {
        return Err(Error::Unsupported(
            "an order without a limit means nothing in an update or destroy: add a limit".into(),
        ));
    }
    if rows.has_subquery() {
        writer.enter(table);
    }
    // MySQL reads the target table in no subquery, but in a derived table it does.
    if !paged && !rows.filter.iter().any(|condition| condition.looks_into(table)) {
        writer.filter(rows.filter)?;
        return Ok(());
    }
    // The key is selected once more around the page, since MySQL allows neither LIMIT in an IN subquery nor the target table in one.
    let place = writer.look_in(Place::Only);
    let composite = table.primary_key.len() > 1;
    writer.push(" WHERE ").push(if composite { "(" } else { "" });
    writer.columns(table.key_columns()).push(if composite { ")" } else { "" });
    writer.push(" IN (SELECT ").columns(table.key_columns()).push(" FROM (SELECT ");
    writer.look_in(place);
    writer.columns(table.key_columns());
    writer.push(" FROM ").name(table.name).rows(rows)?.push(") ").name("page").push(")");
    Ok(())
}
