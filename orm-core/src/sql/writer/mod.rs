//! The one place where SQL text grows: names are quoted, values are bound.

mod condition;
mod scope;

use super::{Dialect, Expr, Rows};
use crate::error::{Error, Mismatch, Result};
use crate::schema::{ColumnDef, Table};
use crate::value::Value;

pub use scope::Place;

/// A statement with its values.
#[derive(Debug)]
pub struct Rendered {
    /// The text, with placeholders.
    pub sql: String,
    /// The values, in the order of the placeholders.
    pub params: Vec<Value<'static>>,
}

/// Writes one statement in one database's words.
#[derive(Debug)]
pub struct Writer<'d> {
    dialect: &'d dyn Dialect,
    sql: String,
    params: Vec<Value<'static>>,
    placeholders: usize,
    /// The table that goes by its own name where there are several.
    root: &'static str,
    /// Where columns are looked up.
    at: Place,
    /// How many aliases were given.
    aliases: usize,
    /// Whether questions about other rows are asked by scalar subqueries.
    scalar: bool,
}

impl<'d> Writer<'d> {
    /// An empty statement.
    pub fn new(dialect: &'d dyn Dialect) -> Self {
        Self {
            dialect,
            sql: String::with_capacity(256),
            params: Vec::with_capacity(4),
            placeholders: 0,
            root: "",
            at: Place::Only,
            aliases: 0,
            scalar: false,
        }
    }

    /// The database's words.
    pub fn dialect(&self) -> &'d dyn Dialect {
        self.dialect
    }

    /// Adds text of our own.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds a name.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.dialect.identifier(&mut self.sql, name);
        self
    }

    /// Adds names with commas between.
    pub fn names<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> &mut Self {
        for (n, name) in names.into_iter().enumerate() {
            if n > 0 {
                self.sql.push_str(", ");
            }
            self.name(name);
        }
        self
    }

    /// Adds a placeholder whose value is not known yet.
    pub fn placeholder(&mut self) -> &mut Self {
        self.placeholders += 1;
        self.dialect.placeholder(&mut self.sql, self.placeholders);
        self
    }

    /// The same for a value that has this column's type, where the database would not know that by itself.
    pub fn typed_placeholder(&mut self, column: &ColumnDef) -> &mut Self {
        self.placeholders += 1;
        self.dialect.typed_placeholder(&mut self.sql, self.placeholders, column);
        self
    }

    /// Adds rows of placeholders, `(?, ?), (?, ?)`.
    pub fn placeholder_rows(&mut self, width: usize, rows: usize) -> &mut Self {
        let mut last = 0..0;
        for row in 0..rows {
            if row > 0 {
                self.push(", ");
            }
            let start = self.sql.len();
            self.push("(");
            for column in 0..width {
                self.push(if column == 0 { "" } else { ", " }).placeholder();
            }
            self.push(")");
            let this = start..self.sql.len();
            if row > 0 && self.sql[last.clone()] == self.sql[this.clone()] {
                // They are not numbered, so the others look the same.
                let left = rows - row - 1;
                self.sql.reserve(left * (2 + this.len()));
                for _ in 0..left {
                    self.sql.push_str(", ");
                    self.sql.extend_from_within(this.clone());
                }
                self.placeholders += left * width;
                break;
            }
            last = this;
        }
        self
    }

    /// Adds a placeholder with its value.
    ///
    /// # Errors
    /// [`Error::Encode`] where the database cannot hold the value exactly.
    pub fn bind(&mut self, column: &ColumnDef, value: Value<'static>) -> Result<&mut Self> {
        check(self.dialect, column, &value)?;
        self.params.push(value);
        Ok(self.placeholder())
    }

    /// Adds ` WHERE ..`, ` ORDER BY ..` and ` LIMIT ..` as far as there is something to say.
    ///
    /// # Errors
    /// Where a value did not encode, or a condition is not possible on this database.
    pub fn rows(&mut self, rows: Rows) -> Result<&mut Self> {
        self.filter(rows.filter)?;
        self.order(&rows.order).limit(rows.limit, rows.offset);
        if let Some(lock) = rows.lock {
            self.dialect.row_lock(&mut self.sql, lock);
        }
        Ok(self)
    }

    /// Adds ` WHERE ..` where there is a condition.
    ///
    /// # Errors
    /// As [`Writer::rows`].
    pub fn filter(&mut self, mut filter: Vec<Expr>) -> Result<&mut Self> {
        let Some(condition) = (if filter.len() > 1 { Some(Expr::And(filter)) } else { filter.pop() }) else {
            return Ok(self);
        };
        self.push(" WHERE ");
        self.condition(condition, false)?;
        Ok(self)
    }

    /// Adds ` LIMIT ..` and ` OFFSET ..` as far as they are given.
    pub fn limit(&mut self, limit: Option<u64>, offset: Option<u64>) {
        if limit.is_none() && offset.is_none() {
            return;
        }
        self.push(" ");
        self.dialect.limit_offset(&mut self.sql, limit.is_some(), offset.is_some(), self.placeholders + 1);
        for number in [limit, offset].into_iter().flatten() {
            self.params.push(whole(number));
            self.placeholders += 1;
        }
    }

    /// Adds a placeholder with a number of our own.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.params.push(whole(number));
        self.placeholder()
    }

    /// Adds `column = column + ?`, or with `-`, in the words for the column's type.
    ///
    /// # Errors
    /// As [`Writer::bind`].
    pub fn arithmetic(&mut self, column: &ColumnDef, op: char, value: Value<'static>) -> Result<&mut Self> {
        check(self.dialect, column, &value)?;
        let (name, placeholder) = self.column_and_value(column, value);
        self.push(&name).push(" = ");
        self.dialect.arithmetic(&mut self.sql, column, &name, op, &placeholder);
        Ok(self)
    }

    /// Adds `"a" = ? AND "b" = ?` for the key of a table, without values.
    pub fn key_condition(&mut self, table: &Table) -> &mut Self {
        for (n, column) in table.key_columns().enumerate() {
            if n > 0 {
                self.push(" AND ");
            }
            self.name(column.name).push(" = ").placeholder();
        }
        self
    }

    /// How many values there are so far.
    pub fn values(&self) -> usize {
        self.placeholders
    }

    /// Takes out the text so far, to be put inside another; the values stay.
    pub fn take_text(&mut self) -> String {
        std::mem::take(&mut self.sql)
    }

    /// The text alone.
    pub fn into_sql(self) -> String {
        self.sql
    }

    /// The statement.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it has more values than the database takes in one statement.
    pub fn finish(self) -> Result<Rendered> {
        let most = self.dialect.capabilities().max_params;
        if self.placeholders > most {
            return Err(Error::Unsupported(
                format!(
                    "one statement takes at most {most} values on {}, this one has {}: split the list",
                    self.dialect.name(),
                    self.placeholders
                )
                .into(),
            ));
        }
        Ok(Rendered { sql: self.sql, params: self.params })
    }
}

/// A number of rows, which is nowhere larger than this.
fn whole(number: u64) -> Value<'static> {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Refuses a value that the database would not hold exactly.
///
/// # Errors
/// [`Error::Encode`].
#[inline]
pub fn check(dialect: &dyn Dialect, column: &ColumnDef, value: &Value<'_>) -> Result<()> {
    match value {
        Value::UInt(number) if *number > dialect.capabilities().max_unsigned => {
            Err(too_large(dialect, column))
        }
        _ => Ok(()),
    }
}

/// The error of an unsigned integer that the database would not hold exactly.
#[cold]
pub fn too_large(dialect: &dyn Dialect, column: &ColumnDef) -> Error {
    Error::Encode(
        Mismatch::new(
            format!("an integer of at most {}", dialect.capabilities().max_unsigned),
            format!("a larger one, which {} cannot hold", dialect.name()),
        )
        .at(column.table, column.name),
    )
}
