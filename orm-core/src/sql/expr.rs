//! Conditions as a tree. Values are encoded already; names get quoted when the tree is rendered.

use super::Link;
use super::dialect::Match;
use crate::error::Mismatch;
use crate::schema::ColumnDef;
use crate::value::Value;

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Compare {
    /// The operator's text.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// What is asked of the rows at the other end of an association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// At least one meets the condition.
    Any,
    /// Not one meets the condition.
    None,
    /// All meet the condition; so do none at all. A row whose condition comes to NULL does not meet it.
    Every,
}

/// A condition on the row of one table.
#[derive(Debug, Clone)]
pub enum Expr {
    /// Always this.
    Constant(bool),
    /// A column against a value.
    Compare(&'static ColumnDef, Compare, Value<'static>),
    /// A column against another of the same row.
    CompareColumns(&'static ColumnDef, Compare, &'static ColumnDef),
    /// A column against a value, where NULL is a value like any other.
    Same {
        /// The column.
        column: &'static ColumnDef,
        /// The value, or NULL.
        value: Value<'static>,
        /// Whether they must differ instead.
        negated: bool,
    },
    /// Whether a column is NULL.
    IsNull {
        /// The column.
        column: &'static ColumnDef,
        /// Whether it must not be.
        negated: bool,
    },
    /// One of a list.
    In {
        /// The column.
        column: &'static ColumnDef,
        /// The list; an empty one matches nothing, or everything where negated.
        values: Vec<Value<'static>>,
        /// Whether it must be none of them.
        negated: bool,
    },
    /// Several columns together against a list: keys of more than one column.
    InRows {
        /// The columns.
        columns: Vec<&'static ColumnDef>,
        /// The list, each row with a value for each column; an empty one matches nothing.
        rows: Vec<Vec<Value<'static>>>,
    },
    /// Between two values, both included.
    Between {
        /// The column.
        column: &'static ColumnDef,
        /// The lower.
        low: Value<'static>,
        /// The upper.
        high: Value<'static>,
        /// Whether it must be outside.
        negated: bool,
    },
    /// `LIKE` with the caller's own pattern.
    Like {
        /// The column.
        column: &'static ColumnDef,
        /// The pattern, `%` and `_` being wildcards.
        pattern: String,
        /// Whether it must not match.
        negated: bool,
    },
    /// A text that stands there literally.
    Match {
        /// The column.
        column: &'static ColumnDef,
        /// Where.
        kind: Match,
        /// The text.
        text: String,
        /// Whether it must not stand there.
        negated: bool,
    },
    /// A regular expression, where the database has them.
    Regexp {
        /// The column.
        column: &'static ColumnDef,
        /// The expression in the database's own dialect.
        pattern: String,
        /// Whether it must not match.
        negated: bool,
    },
    /// A question about the rows at the other end of an association.
    Related {
        /// The association; the row in question is at its near end.
        link: Link,
        /// The question.
        test: Test,
        /// The condition on the far rows; all given are joined by AND.
        filter: Vec<Expr>,
        /// Where there is a join table: which of its rows are looked at; all given are joined by AND.
        through: Vec<Expr>,
    },
    /// All of these; none means true.
    And(Vec<Expr>),
    /// Any of these; none means false.
    Or(Vec<Expr>),
    /// The opposite, NULL staying NULL.
    Not(Box<Expr>),
    /// A value did not encode; reported instead of sending anything.
    Invalid(Box<Mismatch>),
}
