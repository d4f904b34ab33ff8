//! Models as data: what the derive writes, and the typed columns, expressions, assignments and drafts that the verbs are built of.

mod assign;
mod column;
mod draft;
mod expr;
mod join;
mod key;
mod lists;
mod references;
mod row;
mod statements;
mod value;

pub(crate) use assign::Change;
pub use assign::{Assignment, Assignments};
pub use column::Column;
pub(crate) use draft::{Blanks, Generated, give_id, incomplete};
#[doc(hidden)]
pub use draft::{Building, LinkDraft, Mark, Unset};
pub use draft::{Draft, FieldSet, Set};
pub(crate) use expr::condition;
pub use expr::{Expr, Order, OrderBy};
#[doc(hidden)]
pub use join::Join;
pub use key::{IntoKey, One};
pub(crate) use lists::add_each;
#[doc(hidden)]
pub use references::{CanUnlink, Exactly, Key, Many, Maybe, Needed, Presence, References, SameKey, Shape};
pub use references::{Optional, Required};
pub use row::Row;
pub(crate) use row::push_record;
pub(crate) use statements::ColumnSet;
#[doc(hidden)]
pub use statements::{BySet, Statements};
pub(crate) use value::write as write_value;

use crate::error::Result;
use crate::schema::Table;
use crate::types::{Slots, Values, ValuesMut};
use crate::value::Value;

/// `Clone`, asked for in words of our own.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the model `{Self}` must be Clone",
    label = "add `Clone` to its derives",
    note = "write #[derive(Model, Clone)]"
)]
pub trait ModelClone: Clone {}

impl<T: Clone> ModelClone for T {}

/// The record again. What the derive calls: the one place that asks for `Clone`, so that a model without it is one error.
#[doc(hidden)]
pub fn clone_record<M: ModelClone>(record: &M) -> M {
    record.clone()
}

/// A struct that stands for a table. Derived: `#[derive(Model, Clone)]`.
///
/// It is data only. What can be done with it is in [`Record`](crate::query::Record), which every model has.
///
/// ```
/// use orm_core::prelude::*;
///
/// /// Its table is `people`.
/// #[derive(Model, Debug, Clone)]
/// struct Person {
///     id: u64,
///     name: String,
/// }
///
/// assert_eq!(Person::TABLE.name, "people");
/// assert_eq!(Person::TABLE.columns.len(), 2);
/// ```
#[doc(alias = "sequelize.define")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "add #[derive(Model, Clone)] to the struct"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// What stands for the key: `One<u64>`, or a tuple for a composite one.
    type Key: Key;

    /// The fields of a record that is not saved yet: an `Option` of each column's type.
    #[doc(hidden)]
    type Fields: Default + Send;

    /// What `build()` gives: a draft of which nothing is set.
    #[doc(hidden)]
    type Blank;

    /// The table.
    const TABLE: &'static Table;

    /// The identities of the statements whose shape is fixed by the model.
    #[doc(hidden)]
    fn statements() -> &'static Statements;

    /// The record again: every model is `Clone`.
    #[doc(hidden)]
    fn clone_record(&self) -> Self;

    /// Makes a record of a row's columns, in the order of the table.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a cell is not of the field's type.
    #[inline]
    fn from_row(row: &mut Row<'_>) -> Result<Self> {
        row::record(row)
    }

    /// Goes through the fields that are columns, in the order of the table.
    #[doc(hidden)]
    fn values<'r>(&'r self, to: &mut impl Values<'r>);

    /// The value of the column at this position.
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) where the column cannot hold it.
    fn value(&self, column: usize) -> Result<Value<'_>> {
        value::of(self, column)
    }

    /// Goes through the fields that are columns, to change them.
    #[doc(hidden)]
    fn values_mut(&mut self, to: &mut impl ValuesMut);

    /// Sets the field of the column at this position.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where it is not of the field's type.
    #[inline]
    fn set_value(&mut self, column: usize, value: Value<'static>) -> Result<()> {
        value::set(self, column, value)
    }

    /// Goes through the fields of a draft, to change them.
    #[doc(hidden)]
    fn slots(fields: &mut Self::Fields, to: &mut impl Slots);

    /// Sets the fields that have a default and are not set yet.
    #[doc(hidden)]
    #[inline]
    fn defaults(fields: &mut Self::Fields) {
        let _ = fields;
    }

    /// The record of these fields, where all are set.
    #[doc(hidden)]
    fn from_fields(fields: Self::Fields) -> Option<Self>;
}
