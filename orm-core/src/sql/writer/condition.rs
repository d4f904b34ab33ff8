//! Conditions as text.

use super::{Writer, check};
use crate::error::{Error, Mismatch, Result};
use crate::schema::{ColumnDef, DataType};
use crate::sql::{Compare, Expr};
use crate::value::Value;

/// Lists of up to this many values are filled up to a power of two, so that few texts are prepared for many lengths.
const SHORT_LIST: usize = 1_024;

/// Those of up to this many are filled up to a multiple of [`SHORT_LIST`].
const LONG_LIST: usize = 16 * SHORT_LIST;

/// AND and OR of more terms than this are nested evenly, since SQLite limits the depth of a flat one.
const FLAT_TERMS: usize = 100;

impl Writer<'_> {
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

    /// Adds a condition; one that is an AND or OR itself gets parentheses where it stands inside another.
    ///
    /// # Errors
    /// As [`Writer::rows`].
    pub fn condition(&mut self, condition: Expr, inside: bool) -> Result<()> {
        match condition {
            Expr::Constant(truth) => {
                self.push(if truth { "TRUE" } else { "FALSE" });
            }
            Expr::Compare(column, op, value) => return self.compare(column, op, value),
            Expr::CompareColumns(left, op, right) => {
                self.column(left).push(" ").push(op.sql()).push(" ").column(right);
            }
            Expr::Same { column, value, negated } => return self.same(column, value, negated),
            Expr::IsNull { column, negated } => {
                self.column(column).push(if negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Expr::In { column, values, negated } => return self.list(column, values, negated),
            Expr::InRows { columns, rows } => return self.row_list(&columns, rows),
            Expr::Between { column, low, high, negated } => {
                self.column(column).push(if negated { " NOT BETWEEN " } else { " BETWEEN " });
                self.operand(column, low)?.push(" AND ").operand(column, high)?;
            }
            Expr::Like { column, pattern, negated } => {
                self.refuse_nul(column, &pattern)?;
                let (operator, pattern) = self.dialect.like(pattern, column.binary);
                self.column(column).push(if negated { " NOT " } else { " " }).push(operator);
                self.params.push(Value::Text(pattern.into()));
                self.placeholders += 1;
            }
            Expr::Match { column, kind, text, negated } => {
                self.refuse_nul(column, &text)?;
                let (operator, pattern) = self.dialect.text_match(kind, &text, column.binary);
                self.push(if negated { "NOT (" } else { "" }).column(column).push(" ").push(operator);
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
                self.column(column)
                    .push(if negated { " NOT REGEXP " } else { " REGEXP " })
                    .bind_text(pattern);
            }
            Expr::Related { link, test, filter, through } => {
                return self.related(&link, test, filter, through);
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

    fn compare(&mut self, column: &ColumnDef, op: Compare, value: Value<'static>) -> Result<()> {
        if column.data_type == DataType::Json {
            return self.json_equal(column, value, op != Compare::Equal);
        }
        self.column(column).push(" ").push(op.sql()).push(" ").operand(column, value)?;
        Ok(())
    }

    /// A column's name and the placeholder of a value for it, for a dialect to put together. The value is bound.
    pub(super) fn column_and_value(&mut self, column: &ColumnDef, value: Value<'static>) -> (String, String) {
        let start = self.sql.len();
        self.column(column);
        let name = self.sql.split_off(start);
        self.placeholder();
        let placeholder = self.sql.split_off(start);
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
            self.column(column).push(if negated { " IS NOT NULL" } else { " IS NULL" });
            return Ok(());
        }
        if column.data_type == DataType::Json {
            self.push(if negated { "NOT (" } else { "(" }).column(column).push(" IS NOT NULL AND ");
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
            let any = values.into_iter().map(|value| Expr::Compare(column, Compare::Equal, value)).collect();
            self.push(if negated { "NOT " } else { "" });
            return self.terms(any, " OR ", "FALSE", true);
        }
        self.column(column).push(if negated { " NOT IN (" } else { " IN (" });
        for (n, value) in padded(values).enumerate() {
            if n > 0 {
                self.push(", ");
            }
            self.operand(column, value)?;
        }
        self.push(")");
        Ok(())
    }

    fn row_list(&mut self, columns: &[&'static ColumnDef], rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        if rows.is_empty() {
            self.push("FALSE");
            return Ok(());
        }
        if !self.dialect.capabilities().row_lists_use_indexes {
            let equal = |(&column, value)| Expr::Compare(column, Compare::Equal, value);
            let any = padded(rows).map(|row| Expr::And(columns.iter().zip(row).map(equal).collect()));
            return self.terms(any.collect(), " OR ", "FALSE", true);
        }
        self.push("(").columns(columns.iter().copied()).push(") IN (");
        for (n, row) in padded(rows).enumerate() {
            self.push(if n == 0 { "(" } else { ", (" });
            for (n, (column, value)) in columns.iter().zip(row).enumerate() {
                self.push(if n == 0 { "" } else { ", " }).operand(column, value)?;
            }
            self.push(")");
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
}

/// The list, its last member repeated up to one of a few lengths.
fn padded<T: Clone>(list: Vec<T>) -> impl Iterator<Item = T> {
    let length = match list.len() {
        short @ ..=SHORT_LIST => short.next_power_of_two(),
        long @ ..=LONG_LIST => long.next_multiple_of(SHORT_LIST),
        other => other,
    };
    let padding = length - list.len();
    let last = list.last().cloned();
    list.into_iter().chain(last.into_iter().cycle().take(padding))
}
