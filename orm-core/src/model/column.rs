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
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// # let db = Db::connect("sqlite::memory:").await?;
/// # Book::sync(&db).await?;
/// Book::build().title("Emma").author("Jane Austen").save(&db).await?;
/// Book::build().title("Utopia").save(&db).await?;
/// let condition = Book::TITLE.starts_with("U") | Book::AUTHOR.eq("Jane Austen");
/// let books = Book::find().filter(condition).order_by(Book::TITLE.desc()).all(&db).await?;
/// assert_eq!(books.len(), 2);
/// // SELECT .. FROM "books" WHERE "title" LIKE ? ESCAPE '|' OR "author" = ? ORDER BY "title" DESC
/// Book::find().filter(Book::ID.is_in([1, 2])).update(&db, Book::LOANS.increment(1)).await?;
/// // UPDATE "books" SET "loans" = "loans" + ? WHERE "id" IN (?, ?)
/// # Ok(())
/// # }
/// ```
#[doc(alias = "sequelize.col")]
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
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// assert_eq!(Book::TITLE.position(), 1);
    /// ```
    pub const fn position(self) -> usize {
        self.position
    }
}

impl<M: Model, T> Column<M, T> {
    /// What is known of the column at compile time.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// assert_eq!((Book::AUTHOR.def().name, Book::AUTHOR.def().nullable), ("author", true));
    /// ```
    #[doc(alias = "getAttributes")]
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
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let emma = Book::find().filter(Book::TITLE.eq("Emma"));
    /// let nameless = Book::find().filter(Book::AUTHOR.eq(None::<String>));   // "author" IS NULL
    /// ```
    #[doc(alias = "Op.eq")]
    pub fn eq(self, value: impl IntoValue<T>) -> Expr<M> {
        self.compare(Compare::Equal, value)
    }

    /// `column <> value`; a `None` is `IS NOT NULL`. Rows where the column is NULL do not match.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let others = Book::find().filter(Book::TITLE.ne("Emma"));
    /// ```
    #[doc(alias = "Op.ne")]
    pub fn ne(self, value: impl IntoValue<T>) -> Expr<M> {
        self.compare(Compare::NotEqual, value)
    }

    /// `column = other`, of the same row.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// # #[derive(Model, Clone)] struct Match { id: u64, home: u32, away: u32 }
    /// let draws = Match::find().filter(Match::HOME.eq_column(Match::AWAY));
    /// ```
    #[doc(alias = "Op.col")]
    pub fn eq_column(self, other: Self) -> Expr<M> {
        Expr::from_node(Node::CompareColumns(self.def(), Compare::Equal, other.def()))
    }

    /// Whether the column differs from the value, NULL being a value like any other: `NOT (column <=> value)`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let not_hers = Book::find().filter(Book::AUTHOR.is_distinct_from("Jane Austen"));   // the nameless too
    /// ```
    #[doc(alias = "Op.not")]
    pub fn is_distinct_from(self, value: impl IntoValue<T>) -> Expr<M> {
        condition(value.into_value(self.def()), |value| Node::Same {
            column: self.def(),
            value,
            negated: true,
        })
    }

    /// Whether the column equals the value, NULL being a value like any other: `column <=> value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let author: Option<&str> = None;
    /// let same = Book::find().filter(Book::AUTHOR.is_not_distinct_from(author));
    /// ```
    #[doc(alias = "Op.is")]
    pub fn is_not_distinct_from(self, value: impl IntoValue<T>) -> Expr<M> {
        condition(value.into_value(self.def()), |value| Node::Same {
            column: self.def(),
            value,
            negated: false,
        })
    }

    /// `column IN (..)`. An empty list matches nothing; a `None` in it stands for `IS NULL`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let three = Book::find().filter(Book::ID.is_in([3, 5, 6]));
    /// let none = Book::find().filter(Book::ID.is_in(Vec::<u64>::new()));
    /// ```
    #[doc(alias = "Op.in")]
    pub fn is_in<V: IntoValue<T>>(self, values: impl IntoIterator<Item = V>) -> Expr<M> {
        self.list(values, false)
    }

    /// `column NOT IN (..)`. An empty list matches everything. Rows where the column is NULL do not match a list that is not empty.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let others = Book::find().filter(Book::TITLE.not_in(["Emma", "Walden"]));
    /// ```
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
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let nameless = Book::find().filter(Book::AUTHOR.is_null());
    /// ```
    #[doc(alias = "Op.is")]
    pub fn is_null(self) -> Expr<M> {
        Expr::from_node(Node::IsNull { column: self.def(), negated: false })
    }

    /// `column IS NOT NULL`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let named = Book::find().filter(Book::AUTHOR.is_not_null());
    /// ```
    #[doc(alias = "Op.not")]
    pub fn is_not_null(self) -> Expr<M> {
        Expr::from_node(Node::IsNull { column: self.def(), negated: true })
    }

    /// The assignment `column = value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let changes = (Book::TITLE.set("Emma"), Book::AUTHOR.set("Jane Austen"));
    /// ```
    #[doc(alias = "update")]
    pub fn set(self, value: impl IntoValue<T>) -> Assignment<M> {
        Assignment::set(self.position, value.into_value(self.def()))
    }

    /// Smallest first.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let ordered = Book::find().order_by(Book::TITLE.asc());
    /// ```
    #[doc(alias = "ASC")]
    pub fn asc(self) -> Order<M> {
        Order::new(self.def(), false)
    }

    /// Largest first.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let newest = Book::find().order_by(Book::ID.desc());
    /// ```
    #[doc(alias = "DESC")]
    pub fn desc(self) -> Order<M> {
        Order::new(self.def(), true)
    }
}

/// Comparisons that need an order. On a type without one the compiler says so.
impl<M: Model, T: ColumnType> Column<M, T> {
    /// `column > value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.gt(3));
    /// ```
    #[doc(alias = "Op.gt")]
    pub fn gt(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::Greater, value)
    }

    /// `column >= value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.ge(3));
    /// ```
    #[doc(alias = "Op.gte")]
    pub fn ge(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::GreaterOrEqual, value)
    }

    /// `column < value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.lt(3));
    /// ```
    #[doc(alias = "Op.lt")]
    pub fn lt(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::Less, value)
    }

    /// `column <= value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.le(3));
    /// ```
    #[doc(alias = "Op.lte")]
    pub fn le(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::LessOrEqual, value)
    }

    /// `column BETWEEN low AND high`, both included.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.between(3, 6));
    /// ```
    #[doc(alias = "Op.between")]
    pub fn between(self, low: impl IntoValue<T>, high: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.range(low.into_value(self.def()), high.into_value(self.def()), false)
    }

    /// `column NOT BETWEEN low AND high`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.not_between(3, 6));
    /// ```
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
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.like("%m_a"));
    /// let literally = Book::find().filter(Book::TITLE.like(r"100\%"));
    /// ```
    #[doc(alias = "Op.like")]
    pub fn like(self, pattern: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        Expr::from_node(Node::Like { column: self.def(), pattern: pattern.into(), negated: false })
    }

    /// `column NOT LIKE pattern`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.not_like("%m_a"));
    /// ```
    #[doc(alias = "Op.notLike")]
    pub fn not_like(self, pattern: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        Expr::from_node(Node::Like { column: self.def(), pattern: pattern.into(), negated: true })
    }

    /// Whether the text begins with this one, taken literally: `%` and `_` are escaped.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.starts_with("Em"));
    /// ```
    #[doc(alias = "Op.startsWith")]
    pub fn starts_with(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::StartsWith, text.into())
    }

    /// Whether the text ends with this one, taken literally.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.ends_with("ma"));
    /// ```
    #[doc(alias = "Op.endsWith")]
    pub fn ends_with(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::EndsWith, text.into())
    }

    /// Whether this one stands anywhere in the text, taken literally.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.contains("100%"));   // a percent sign, no wildcard
    /// ```
    #[doc(alias = "Op.substring")]
    pub fn contains(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::Contains, text.into())
    }

    /// `column REGEXP pattern`, in the database's own dialect of regular expressions. SQLite has none: a typed error.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.regexp("^(Emma|Utopia)$"));
    /// ```
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
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let lent = Book::LOANS.increment(1);
    /// ```
    pub fn increment(self, by: impl IntoValue<T>) -> Assignment<M>
    where
        T::Family: Numeric,
    {
        Assignment::arithmetic(self.position, '+', by.into_value(self.def()))
    }

    /// The assignment `column = column - by`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let returned = Book::LOANS.decrement(1);
    /// ```
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
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let unknown = Book::AUTHOR.set_null();
    /// ```
    pub fn set_null(self) -> Assignment<M> {
        Assignment::set(self.position, Ok(crate::value::Value::Null))
    }
}
