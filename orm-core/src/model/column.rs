//! Typed columns: `Note::TITLE`, and the conditions, orders and assignments they make.

use std::marker::PhantomData;

use super::expr::{Order, condition};
use super::{Assignment, Expr, Model};
use crate::schema::ColumnDef;
use crate::sql::{Compare, Expr as Node, Match};
use crate::types::family::{Numeric, Ordered, Textual};
use crate::types::{ColumnType, IntoValue};

/// A column of the model `M` that holds a `T`. The derive writes one constant per field, in upper case.
///
/// Comparisons are SQL's own: where the column is NULL, `ne`, `not_in` and `!` do not match;
/// [`is_distinct_from`](Column::is_distinct_from) does.
pub struct Column<M, T> {
    position: usize,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M: Model, T> std::fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", M::TABLE.name, self.def().name)
    }
}

impl<M, T> Column<M, T> {
    /// The column at this position of the table. Written by the derive.
    #[doc(hidden)]
    pub const fn new(position: usize) -> Self {
        Self { position, types: PhantomData }
    }

    /// Its position in the table.
    pub const fn position(self) -> usize {
        self.position
    }
}

impl<M: Model, T> Column<M, T> {
    /// What is known of the column at compile time.
    pub fn def(self) -> &'static ColumnDef {
        &M::TABLE.columns[self.position]
    }
}

impl<M: Model, T: ColumnType> Column<M, T> {
    fn compare(self, op: Compare, value: impl IntoValue<T>) -> Expr<M> {
        condition(value.into_value(self.def()), |value| {
            if value.is_null() {
                match op {
                    Compare::Equal => Node::IsNull { column: self.def(), negated: false },
                    Compare::NotEqual => Node::IsNull { column: self.def(), negated: true },
                    _ => Node::Compare(self.def(), op, value),
                }
            } else {
                Node::Compare(self.def(), op, value)
            }
        })
    }

    /// `column = value`; a `None` is `IS NULL`.
    #[doc(alias = "Op.eq")]
    pub fn eq(self, value: impl IntoValue<T>) -> Expr<M> {
        self.compare(Compare::Equal, value)
    }

    /// `column <> value`; a `None` is `IS NOT NULL`. Rows where the column is NULL do not match.
    #[doc(alias = "Op.ne")]
    pub fn ne(self, value: impl IntoValue<T>) -> Expr<M> {
        self.compare(Compare::NotEqual, value)
    }

    /// `column = other`, of the same row.
    #[doc(alias = "Op.col")]
    pub fn eq_column(self, other: Self) -> Expr<M> {
        Expr::from_node(Node::CompareColumns(self.def(), Compare::Equal, other.def()))
    }

    /// Whether the column differs from the value, NULL being a value like any other: `NOT (column <=> value)`.
    #[doc(alias = "Op.not")]
    pub fn is_distinct_from(self, value: impl IntoValue<T>) -> Expr<M> {
        condition(value.into_value(self.def()), |value| Node::Same {
            column: self.def(),
            value,
            negated: true,
        })
    }

    /// Whether the column equals the value, NULL being a value like any other: `column <=> value`.
    #[doc(alias = "Op.is")]
    pub fn is_not_distinct_from(self, value: impl IntoValue<T>) -> Expr<M> {
        condition(value.into_value(self.def()), |value| Node::Same {
            column: self.def(),
            value,
            negated: false,
        })
    }

    /// `column IN (..)`. An empty list matches nothing; a `None` in it stands for `IS NULL`.
    #[doc(alias = "Op.in")]
    pub fn is_in<V: IntoValue<T>>(self, values: impl IntoIterator<Item = V>) -> Expr<M> {
        self.list(values, false)
    }

    /// `column NOT IN (..)`. An empty list matches everything. Rows where the column is NULL do not match a list that is not empty.
    #[doc(alias = "Op.notIn")]
    pub fn not_in<V: IntoValue<T>>(self, values: impl IntoIterator<Item = V>) -> Expr<M> {
        self.list(values, true)
    }

    fn list<V: IntoValue<T>>(self, values: impl IntoIterator<Item = V>, negated: bool) -> Expr<M> {
        let column = self.def();
        let values: crate::Result<Vec<_>> =
            values.into_iter().map(|value| value.into_value(column)).collect();
        condition(values, |mut values| {
            let length = values.len();
            values.retain(|value| !value.is_null());
            let nulls = values.len() < length;
            let list = Node::In { column, values, negated };
            // SQL's list finds no NULL, and one with a NULL excludes everything: a `None` in it is asked for by itself.
            match (nulls, negated) {
                (false, _) => list,
                (true, false) => Node::Or(vec![list, Node::IsNull { column, negated }]),
                (true, true) => Node::And(vec![list, Node::IsNull { column, negated }]),
            }
        })
    }

    /// `column IS NULL`.
    pub fn is_null(self) -> Expr<M> {
        Expr::from_node(Node::IsNull { column: self.def(), negated: false })
    }

    /// `column IS NOT NULL`.
    pub fn is_not_null(self) -> Expr<M> {
        Expr::from_node(Node::IsNull { column: self.def(), negated: true })
    }

    /// The assignment `column = value`.
    pub fn set(self, value: impl IntoValue<T>) -> Assignment<M> {
        Assignment::set(self.position, value.into_value(self.def()))
    }

    /// Smallest first.
    pub fn asc(self) -> Order<M> {
        Order::new(self.def(), false)
    }

    /// Largest first.
    pub fn desc(self) -> Order<M> {
        Order::new(self.def(), true)
    }
}

/// Comparisons that need an order. On a type without one the compiler says so.
impl<M: Model, T: ColumnType> Column<M, T> {
    /// `column > value`.
    #[doc(alias = "Op.gt")]
    pub fn gt(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::Greater, value)
    }

    /// `column >= value`.
    #[doc(alias = "Op.gte")]
    pub fn ge(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::GreaterOrEqual, value)
    }

    /// `column < value`.
    #[doc(alias = "Op.lt")]
    pub fn lt(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::Less, value)
    }

    /// `column <= value`.
    #[doc(alias = "Op.lte")]
    pub fn le(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::LessOrEqual, value)
    }

    /// `column BETWEEN low AND high`, both included.
    #[doc(alias = "Op.between")]
    pub fn between(self, low: impl IntoValue<T>, high: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.range(low.into_value(self.def()), high.into_value(self.def()), false)
    }

    /// `column NOT BETWEEN low AND high`.
    #[doc(alias = "Op.notBetween")]
    pub fn not_between(self, low: impl IntoValue<T>, high: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.range(low.into_value(self.def()), high.into_value(self.def()), true)
    }

    fn range(
        self,
        low: crate::Result<crate::value::Value<'static>>,
        high: crate::Result<crate::value::Value<'static>>,
        negated: bool,
    ) -> Expr<M> {
        let bounds = low.and_then(|low| high.map(|high| (low, high)));
        condition(bounds, |(low, high)| Node::Between { column: self.def(), low, high, negated })
    }
}

/// What can be asked of text.
impl<M: Model, T: ColumnType> Column<M, T> {
    /// `column LIKE pattern`: `%` stands for any text and `_` for any character; a backslash takes the sign after it literally.
    /// Ignores case unless the column is `case_sensitive`.
    #[doc(alias = "Op.like")]
    pub fn like(self, pattern: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        Expr::from_node(Node::Like { column: self.def(), pattern: pattern.into(), negated: false })
    }

    /// `column NOT LIKE pattern`.
    #[doc(alias = "Op.notLike")]
    pub fn not_like(self, pattern: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        Expr::from_node(Node::Like { column: self.def(), pattern: pattern.into(), negated: true })
    }

    /// Whether the text begins with this one, taken literally: `%` and `_` are escaped.
    #[doc(alias = "Op.startsWith")]
    pub fn starts_with(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::StartsWith, text.into())
    }

    /// Whether the text ends with this one, taken literally.
    #[doc(alias = "Op.endsWith")]
    pub fn ends_with(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::EndsWith, text.into())
    }

    /// Whether this one stands anywhere in the text, taken literally.
    #[doc(alias = "Op.substring")]
    pub fn contains(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::Contains, text.into())
    }

    /// `column REGEXP pattern`, in the database's own dialect of regular expressions. SQLite has none: a typed error.
    #[doc(alias = "Op.regexp")]
    pub fn regexp(self, pattern: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        Expr::from_node(Node::Regexp { column: self.def(), pattern: pattern.into(), negated: false })
    }

    fn text(self, kind: Match, text: String) -> Expr<M> {
        Expr::from_node(Node::Match { column: self.def(), kind, text, negated: false })
    }
}

/// What can be done with numbers, in the database and therefore atomically.
impl<M: Model, T: ColumnType> Column<M, T> {
    /// The assignment `column = column + by`.
    pub fn increment(self, by: impl IntoValue<T>) -> Assignment<M>
    where
        T::Family: Numeric,
    {
        Assignment::arithmetic(self.position, '+', by.into_value(self.def()))
    }

    /// The assignment `column = column - by`.
    pub fn decrement(self, by: impl IntoValue<T>) -> Assignment<M>
    where
        T::Family: Numeric,
    {
        Assignment::arithmetic(self.position, '-', by.into_value(self.def()))
    }
}

impl<M: Model, T: ColumnType> Column<M, Option<T>>
where
    Option<T>: ColumnType,
{
    /// The assignment `column = NULL`.
    pub fn set_null(self) -> Assignment<M> {
        Assignment::set(self.position, Ok(crate::value::Value::Null))
    }
}
