//! Typed conditions and orders.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::add_each;
use super::{Column, Model};
use crate::error::{Error, Mismatch, Result};
use crate::schema::ColumnDef;
use crate::sql::{Expr as Node, OrderTerm};
use crate::types::ColumnType;

/// A condition on the rows of the model `M`. `&`, `|` and `!` combine them.
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
/// # Book::bulk_create(&db, ["Emma", "Walden", "Utopia"].map(|title| Book::build().title(title))).await?;
/// let condition: Expr<Book> = Book::ID.gt(1) & (Book::TITLE.starts_with("W") | !Book::TITLE.contains("a"));
/// assert_eq!(Book::find().filter(condition).count(&db).await?, 1);
/// # Ok(())
/// # }
/// ```
#[doc(alias = "where")]
#[must_use = "a condition does nothing until it is given to `filter`"]
pub struct Expr<M> {
    node: Node,
    model: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for Expr<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expr(..)")
    }
}

/// A condition of what may have failed to encode.
pub(crate) fn condition<M, V>(values: Result<V>, node: impl FnOnce(V) -> Node) -> Expr<M> {
    Expr::from_node(match values {
        Ok(values) => node(values),
        Err(Error::Encode(mismatch)) => Node::Invalid(mismatch),
        Err(other) => Node::Invalid(Mismatch::new("a value", other.to_string())),
    })
}

impl<M> Expr<M> {
    pub(crate) fn from_node(node: Node) -> Self {
        Self { node, model: PhantomData }
    }

    pub(crate) fn into_node(self) -> Node {
        self.node
    }

    /// All of these conditions; an empty list matches everything.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let words = ["a", "e"].map(|word| Book::TITLE.contains(word));
    /// let both = Book::find().filter(Expr::all(words));
    /// ```
    #[doc(alias = "Op.and")]
    pub fn all(list: impl IntoIterator<Item = Self>) -> Self {
        Self::from_node(Node::And(list.into_iter().map(Self::into_node).collect()))
    }

    /// Any of these conditions; an empty list matches nothing.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let words = ["a", "e"].map(|word| Book::TITLE.contains(word));
    /// let either = Book::find().filter(Expr::any(words));
    /// ```
    #[doc(alias = "Op.or")]
    pub fn any(list: impl IntoIterator<Item = Self>) -> Self {
        Self::from_node(Node::Or(list.into_iter().map(Self::into_node).collect()))
    }
}

impl<M> BitAnd for Expr<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::from_node(match (self.node, other.node) {
            (Node::And(mut list), node) => {
                list.push(node);
                Node::And(list)
            }
            (left, right) => Node::And(vec![left, right]),
        })
    }
}

impl<M> BitOr for Expr<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::from_node(match (self.node, other.node) {
            (Node::Or(mut list), node) => {
                list.push(node);
                Node::Or(list)
            }
            (left, right) => Node::Or(vec![left, right]),
        })
    }
}

impl<M> Not for Expr<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::from_node(Node::Not(Box::new(self.node)))
    }
}

/// One term of an order: a column, upwards or downwards.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// let order = vec![Book::AUTHOR.asc().nulls_last(), Book::ID.desc()];
/// let books = Book::find().order_by(order);
/// ```
#[doc(alias = "order")]
pub struct Order<M> {
    term: OrderTerm,
    model: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for Order<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.term.fmt(f)
    }
}

impl<M> Order<M> {
    pub(super) fn new(column: &'static ColumnDef, descending: bool) -> Self {
        Self { term: OrderTerm { descending, ..OrderTerm::of(column) }, model: PhantomData }
    }

    pub(crate) fn from_term(term: OrderTerm) -> Self {
        Self { term, model: PhantomData }
    }

    /// NULLs before all else.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let books = Book::find().order_by(Book::AUTHOR.desc().nulls_first());
    /// ```
    #[doc(alias = "NULLS FIRST")]
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls_last = Some(false);
        self
    }

    /// NULLs after all else.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let books = Book::find().order_by(Book::AUTHOR.asc().nulls_last());
    /// ```
    #[doc(alias = "NULLS LAST")]
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls_last = Some(true);
        self
    }
}

/// What `order_by` takes: one term, a tuple or a `Vec` of terms; a bare column means upwards.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// let books = Book::find().order_by((Book::AUTHOR, Book::ID.desc()));
/// ```
#[doc(alias = "order")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order of `{M}`",
    label = "expected a column of `{M}`, `.asc()` or `.desc()` of one, a tuple or a Vec of these"
)]
pub trait OrderBy<M> {
    /// The terms, added to those that are there.
    #[doc(hidden)]
    fn add_to(self, terms: &mut Vec<OrderTerm>);
}

impl<M> OrderBy<M> for Order<M> {
    fn add_to(self, terms: &mut Vec<OrderTerm>) {
        terms.push(self.term);
    }
}

impl<M: Model, T: ColumnType> OrderBy<M> for Column<M, T> {
    fn add_to(self, terms: &mut Vec<OrderTerm>) {
        self.asc().add_to(terms);
    }
}

add_each! {
    OrderBy, Vec<OrderTerm>;
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}
