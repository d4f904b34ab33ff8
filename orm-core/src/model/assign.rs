//! Typed assignments.

use std::marker::PhantomData;

use super::add_each;
use crate::error::Result;
use crate::value::Value;

/// How a column gets its new value.
#[derive(Debug)]
pub(crate) enum Change {
    /// It is this.
    Set(Value<'static>),
    /// It is the old one plus (`+`) or minus (`-`) this, reckoned by the database.
    Arithmetic(char, Value<'static>),
}

/// One assignment to a column of the model `M`: `Note::TITLE.set("x")`, `Note::VIEWS.increment(1)`.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// let changes: Vec<orm_core::model::Assignment<Book>> = vec![Book::TITLE.set("Emma"), Book::LOANS.increment(1)];
/// ```
#[derive(Debug)]
#[must_use = "an assignment does nothing until it is given to `update`"]
pub struct Assignment<M> {
    pub(crate) column: usize,
    pub(crate) change: Result<Change>,
    model: PhantomData<fn() -> M>,
}

impl<M> Assignment<M> {
    pub(crate) fn set(column: usize, value: Result<Value<'static>>) -> Self {
        Self { column, change: value.map(Change::Set), model: PhantomData }
    }

    pub(super) fn arithmetic(column: usize, op: char, value: Result<Value<'static>>) -> Self {
        Self { column, change: value.map(|value| Change::Arithmetic(op, value)), model: PhantomData }
    }
}

/// What `update` takes: one assignment, a tuple or a `Vec` of them.
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
/// let mut book = Book::find_by_id(&db, 1).await?.unwrap();
/// book.update(&db, Book::AUTHOR.set("Jane Austen")).await?;
/// book.update(&db, (Book::LOANS.increment(1), Book::AUTHOR.set_null())).await?;
/// book.update(&db, vec![Book::TITLE.set("Emma, a novel")]).await?;
/// assert_eq!((book.loans, book.author), (1, None));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an assignment to `{M}`",
    label = "expected `{M}::COLUMN.set(..)`, a tuple or a Vec of such"
)]
pub trait Assignments<M> {
    /// The assignments, added to those that are there.
    #[doc(hidden)]
    fn add_to(self, list: &mut Vec<Assignment<M>>);
}

impl<M> Assignments<M> for Assignment<M> {
    fn add_to(self, list: &mut Vec<Assignment<M>>) {
        list.push(self);
    }
}

add_each! {
    Assignments, Vec<Assignment<M>>;
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
