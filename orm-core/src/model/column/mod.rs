//! Typed columns: `Note::TITLE`, and the conditions, orders and assignments they make.

mod number;
mod ordered;
mod text;

use std::marker::PhantomData;

use super::expr::{Order, condition};
use super::{Assignment, Expr, Model};
use crate::schema::ColumnDef;
use crate::sql::{Compare, Expr as Node};
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
