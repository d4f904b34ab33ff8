//! What can be told of conditions without a database.

use super::{Compare, Expr, OrderTerm, Rows, Test};
use crate::schema::{ColumnDef, DataType, Table};
use crate::value::Value;

impl Expr {
    /// What the condition comes to, where that does not depend on the row: an AND of nothing is true, an IN of nothing false.
    pub fn constant(&self) -> Option<bool> {
        match self {
            Self::Constant(truth) => Some(*truth),
            Self::In { values, negated, .. } if values.is_empty() => Some(*negated),
            Self::InRows { rows, .. } if rows.is_empty() => Some(false),
            Self::Related { test, filter, through, .. } => {
                let (filter, through) = (fold(filter, false), fold(through, false));
                let nothing = filter == Some(false) || through == Some(false);
                match test {
                    Test::Any => nothing.then_some(false),
                    Test::None => nothing.then_some(true),
                    Test::Every => (filter == Some(true) || through == Some(false)).then_some(true),
                }
            }
            Self::Not(condition) => condition.constant().map(|truth| !truth),
            Self::And(terms) => fold(terms, false),
            Self::Or(terms) => fold(terms, true),
            _ => None,
        }
    }

    /// Whether it looks into other rows than the one in question.
    pub fn has_subquery(&self) -> bool {
        match self {
            Self::Related { .. } => true,
            Self::And(terms) | Self::Or(terms) => terms.iter().any(Self::has_subquery),
            Self::Not(condition) => condition.has_subquery(),
            _ => false,
        }
    }

    /// Whether it looks into rows of this table besides the one in question.
    pub fn looks_into(&self, table: &Table) -> bool {
        match self {
            Self::Related { link, filter, through, .. } => {
                let tables = [Some(link.target), link.through.map(|through| through.table)];
                tables.into_iter().flatten().any(|other| other.name.eq_ignore_ascii_case(table.name))
                    || filter.iter().chain(through).any(|condition| condition.looks_into(table))
            }
            Self::And(terms) | Self::Or(terms) => terms.iter().any(|term| term.looks_into(table)),
            Self::Not(condition) => condition.looks_into(table),
            _ => false,
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
                matches!(condition, Expr::Compare(column, Compare::Equal, _) if column.name == key.name)
            })
        })
    }

    /// Whether they are picked by the values of the key, in the order of its columns, and by nothing else, so that what picks them is always
    /// the same text. JSON, and text that is not compared byte by byte, have rules of their own.
    pub fn are_by_key(&self, table: &Table) -> bool {
        let on_column = |(condition, key): (&Expr, &ColumnDef)| match condition {
            Expr::Compare(column, Compare::Equal, value) => {
                column.name == key.name
                    && key.data_type != DataType::Json
                    && (key.binary || !matches!(value, Value::Text(_)))
            }
            _ => false,
        };
        self.is_unordered()
            && self.lock.is_none()
            && self.filter.len() == table.primary_key.len()
            && self.filter.iter().zip(table.key_columns()).all(on_column)
    }

    /// Whether the conditions or the order look into other rows, so that columns must say where they are from.
    pub fn has_subquery(&self) -> bool {
        self.filter.iter().any(Expr::has_subquery) || self.order.iter().any(OrderTerm::has_subquery)
    }

    /// Whether nothing was asked for.
    pub fn is_plain(&self) -> bool {
        self.filter.is_empty() && self.is_unordered() && self.lock.is_none()
    }

    /// Whether nothing was said about their order, and nothing depends on it.
    pub fn is_unordered(&self) -> bool {
        self.order.is_empty() && !self.is_paged()
    }

    /// Whether only some of those that the conditions pick are wanted: so many, or those from a place on.
    pub fn is_paged(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }
}

impl OrderTerm {
    /// Whether the value is one of another row.
    pub fn has_subquery(&self) -> bool {
        !self.path.is_empty()
    }
}
