//! The one place where SQL text grows: names are quoted, values are bound.

use super::{Dialect, Expr, OrderTerm, Rows};
use crate::error::{Error, Mismatch, Result};
use crate::schema::{ColumnDef, DataType, Table};
use crate::value::Value;

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
}

/// IN lists of up to this many values are filled up to a power of two, so that few texts are prepared for many lengths.
const PADDED_LIST: usize = 1024;

/// AND and OR of more terms than this are nested evenly, since SQLite limits the depth of a flat one.
const FLAT_TERMS: usize = 100;

impl<'d> Writer<'d> {
    /// An empty statement.
    pub fn new(dialect: &'d dyn Dialect) -> Self {
        Self { dialect, sql: String::with_capacity(128), params: Vec::new(), placeholders: 0 }
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
                let more = format!(", {}", &self.sql[this]).repeat(left);
                self.sql.push_str(&more);
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

    /// The same for a value that a column is compared with.
    fn operand(&mut self, column: &ColumnDef, value: Value<'static>) -> Result<&mut Self> {
        self.can_compare(column, &value)?;
        self.bind(column, value)
    }

    fn can_compare(&self, column: &ColumnDef, value: &Value<'_>) -> Result<()> {
        match value {
            // Where bytes are compared all of them are.
            Value::Text(text) if !column.binary => self.refuse_nul(column, text),
            _ => Ok(()),
        }
    }

    fn refuse_nul(&self, column: &ColumnDef, text: &str) -> Result<()> {
        if self.dialect.capabilities().compares_to_nul && text.contains('\0') {
            return Err(Error::Encode(
                Mismatch::new(
                    format!("text that {} compares to its end", self.dialect.name()),
                    "text with a NUL character in it",
                )
                .at(column.table, column.name),
            ));
        }
        Ok(())
    }

    fn bind_text(&mut self, text: String) -> &mut Self {
        self.params.push(Value::Text(text.into()));
        self.placeholder()
    }

    /// Adds ` WHERE ..`, ` ORDER BY ..` and ` LIMIT ..` as far as there is something to say.
    ///
    /// # Errors
    /// Where a value did not encode, or a condition is not possible on this database.
    pub fn rows(&mut self, rows: Rows) -> Result<&mut Self> {
        self.filter(rows.filter)?;
        self.order(&rows.order);
        self.limit(rows.limit, rows.offset);
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

    fn order(&mut self, order: &[OrderTerm]) {
        for (n, term) in order.iter().enumerate() {
            self.push(if n == 0 { " ORDER BY " } else { ", " });
            if let Some(last) = term.nulls_last {
                self.name(term.column.name);
                self.push(if last { " IS NULL, " } else { " IS NOT NULL, " });
            }
            self.name(term.column.name);
            if term.descending {
                self.push(" DESC");
            }
        }
    }

    fn limit(&mut self, limit: Option<u64>, offset: Option<u64>) {
        if limit.is_none() && offset.is_none() {
            return;
        }
        self.push(" ");
        self.dialect.limit_offset(&mut self.sql, limit.is_some(), offset.is_some(), self.placeholders + 1);
        for number in [limit, offset].into_iter().flatten() {
            self.params.push(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)));
            self.placeholders += 1;
        }
    }

    /// Adds a condition; one that is an AND or OR itself gets parentheses where it stands inside another.
    fn condition(&mut self, condition: Expr, inside: bool) -> Result<()> {
        match condition {
            Expr::Constant(truth) => {
                self.push(if truth { "TRUE" } else { "FALSE" });
            }
            Expr::Compare(column, op, value) => return self.compare(column, op, value),
            Expr::CompareColumns(left, op, right) => {
                self.name(left.name).push(" ").push(op.sql()).push(" ").name(right.name);
            }
            Expr::Same { column, value, negated } => return self.same(column, value, negated),
            Expr::IsNull { column, negated } => {
                self.name(column.name).push(if negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Expr::In { column, values, negated } => return self.list(column, values, negated),
            Expr::Between { column, low, high, negated } => {
                self.name(column.name).push(if negated { " NOT BETWEEN " } else { " BETWEEN " });
                self.operand(column, low)?.push(" AND ").operand(column, high)?;
            }
            Expr::Like { column, pattern, negated } => {
                self.refuse_nul(column, &pattern)?;
                let (operator, pattern) = self.dialect.like(pattern, column.binary);
                self.name(column.name).push(if negated { " NOT " } else { " " }).push(operator);
                self.params.push(Value::Text(pattern.into()));
                self.placeholders += 1;
            }
            Expr::Match { column, kind, text, negated } => {
                self.refuse_nul(column, &text)?;
                let (operator, pattern) = self.dialect.text_match(kind, &text, column.binary);
                self.push(if negated { "NOT (" } else { "" }).name(column.name).push(" ").push(operator);
                self.params.push(Value::Text(pattern.into()));
                self.placeholders += 1;
                self.push(if negated { ")" } else { "" });
            }
            Expr::Regexp { column, pattern, negated } => {
                if !self.dialect.capabilities().regexp {
                    return Err(Error::Unsupported(
                        format!(
                            "{} has no regular expressions: use `like`, `contains` or `starts_with`",
                            self.dialect.name()
                        )
                        .into(),
                    ));
                }
                self.name(column.name)
                    .push(if negated { " NOT REGEXP " } else { " REGEXP " })
                    .bind_text(pattern);
            }
            Expr::And(terms) => return self.terms(terms, " AND ", "TRUE", inside),
            Expr::Or(terms) => return self.terms(terms, " OR ", "FALSE", inside),
            Expr::Not(condition) => {
                self.push("NOT (");
                self.condition(*condition, false)?;
                self.push(")");
            }
            Expr::Invalid(mismatch) => return Err(Error::Encode(mismatch)),
        }
        Ok(())
    }

    fn compare(&mut self, column: &ColumnDef, op: super::Compare, value: Value<'static>) -> Result<()> {
        if column.data_type == DataType::Json {
            return self.json_equal(column, value, op != super::Compare::Equal);
        }
        self.name(column.name).push(" ").push(op.sql()).push(" ").operand(column, value)?;
        Ok(())
    }

    /// A column's name and the placeholder of a value for it, for a dialect to put together. The value is bound.
    fn column_and_value(&mut self, column: &ColumnDef, value: Value<'static>) -> (String, String) {
        let (mut name, mut placeholder) = (String::new(), String::new());
        self.dialect.identifier(&mut name, column.name);
        self.placeholders += 1;
        self.dialect.placeholder(&mut placeholder, self.placeholders);
        self.params.push(value);
        (name, placeholder)
    }

    fn json_equal(&mut self, column: &ColumnDef, value: Value<'static>, negated: bool) -> Result<()> {
        let (name, placeholder) = self.column_and_value(column, value);
        self.push(if negated { "NOT (" } else { "" });
        self.dialect.json_equal(&mut self.sql, &name, &placeholder);
        self.push(if negated { ")" } else { "" });
        Ok(())
    }

    fn same(&mut self, column: &ColumnDef, value: Value<'static>, negated: bool) -> Result<()> {
        if value.is_null() {
            self.name(column.name).push(if negated { " IS NOT NULL" } else { " IS NULL" });
            return Ok(());
        }
        if column.data_type == DataType::Json {
            self.push(if negated { "NOT (" } else { "(" }).name(column.name).push(" IS NOT NULL AND ");
            self.json_equal(column, value, false)?;
            self.push(")");
            return Ok(());
        }
        self.can_compare(column, &value)?;
        check(self.dialect, column, &value)?;
        let (name, placeholder) = self.column_and_value(column, value);
        self.dialect.null_safe_equal(&mut self.sql, &name, &placeholder, negated);
        Ok(())
    }

    fn list(&mut self, column: &'static ColumnDef, values: Vec<Value<'static>>, negated: bool) -> Result<()> {
        if values.is_empty() {
            self.push(if negated { "TRUE" } else { "FALSE" });
            return Ok(());
        }
        if column.data_type == DataType::Json {
            let any =
                values.into_iter().map(|value| Expr::Compare(column, super::Compare::Equal, value)).collect();
            self.push(if negated { "NOT " } else { "" });
            return self.terms(any, " OR ", "FALSE", true);
        }
        let padding =
            if values.len() <= PADDED_LIST { values.len().next_power_of_two() - values.len() } else { 0 };
        let last = values.last().cloned();
        self.name(column.name).push(if negated { " NOT IN (" } else { " IN (" });
        for (n, value) in values.into_iter().chain(last.into_iter().cycle().take(padding)).enumerate() {
            if n > 0 {
                self.push(", ");
            }
            self.operand(column, value)?;
        }
        self.push(")");
        Ok(())
    }

    fn terms(&mut self, mut terms: Vec<Expr>, separator: &str, empty: &str, inside: bool) -> Result<()> {
        if terms.len() < 2 {
            return match terms.pop() {
                Some(term) => self.condition(term, inside),
                None => {
                    self.push(empty);
                    Ok(())
                }
            };
        }
        if inside {
            self.push("(");
        }
        if terms.len() > FLAT_TERMS {
            let upper = terms.split_off(terms.len() / 2);
            self.terms(terms, separator, empty, true)?;
            self.push(separator);
            self.terms(upper, separator, empty, true)?;
        } else {
            for (n, term) in terms.into_iter().enumerate() {
                if n > 0 {
                    self.push(separator);
                }
                self.condition(term, true)?;
            }
        }
        if inside {
            self.push(")");
        }
        Ok(())
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

#[cold]
fn too_large(dialect: &dyn Dialect, column: &ColumnDef) -> Error {
    Error::Encode(
        Mismatch::new(
            format!("an integer of at most {}", dialect.capabilities().max_unsigned),
            format!("a larger one, which {} cannot hold", dialect.name()),
        )
        .at(column.table, column.name),
    )
}
