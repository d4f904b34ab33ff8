//! Foreign keys as types, so that the other side of an association is checked where it is declared.

use super::{Model, One};
use crate::error::Result;
use crate::schema::ColumnDef;
use crate::types::{ColumnType, decode, encode_owned};
use crate::value::Value;

/// That the model has a foreign key to `T` whose fields hash to `NAME`. The derive writes it for each `belongs_to`.
///
/// The hash stands for the name of the field, since a constant parameter cannot be a text.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no foreign key to `{T}` of that name",
    label = "no such foreign key in `{Self}`",
    note = "write #[model(belongs_to = {T})] on its field, and name the field here with `foreign_key = ..` where it is not called after `{T}`"
)]
pub trait References<T, const NAME: u64>: Model {
    /// What stands for the key that it refers to: [`One`] of the column's plain type, or a tuple.
    type Key: Key;

    /// Whether it may be NULL: [`Optional`] or [`Required`].
    type Presence: Presence;

    /// Its position among the foreign keys of the table.
    const FOREIGN_KEY: usize;
}

/// The types of the columns of a key.
#[doc(hidden)]
pub trait Key: 'static {
    /// The type of its column, or a tuple of those of its columns.
    type Plain;

    /// A value of the n-th column as this program would write it, whatever the database made of it: two that are equal have one form.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where it is not of the column's type.
    fn normal(n: usize, value: Value<'_>, column: &ColumnDef) -> Result<Value<'static>>;
}

fn normal<T: ColumnType>(value: Value<'_>, column: &ColumnDef) -> Result<Value<'static>> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    encode_owned(decode::<T>(value, column)?, column)
}

impl<T: ColumnType> Key for One<T> {
    type Plain = T;

    fn normal(_: usize, value: Value<'_>, column: &ColumnDef) -> Result<Value<'static>> {
        normal::<T>(value, column)
    }
}

macro_rules! composite {
    ($last:ident $($type:ident $n:tt),+) => {
        impl<$($type: ColumnType,)+ $last: ColumnType> Key for ($($type,)+ $last) {
            type Plain = Self;

            fn normal(n: usize, value: Value<'_>, column: &ColumnDef) -> Result<Value<'static>> {
                match n {
                    $($n => normal::<$type>(value, column),)+
                    _ => normal::<$last>(value, column),
                }
            }
        }
    };
}

composite!(B A 0);
composite!(C A 0, B 1);
composite!(D A 0, B 1, C 2);

/// The foreign key may be NULL: there may be nothing on its other side, and it can be un-linked.
#[derive(Debug, Clone, Copy)]
pub struct Optional;

/// The foreign key is NOT NULL: there is always a row on its other side.
#[derive(Debug, Clone, Copy)]
pub struct Required;

/// Whether a foreign key may be NULL.
#[doc(hidden)]
pub trait Presence: Send + Sync + 'static {
    /// What a `belongs_to` over it yields.
    type Shape: Shape;

    /// The record on its other side: an `Option` where there may be none.
    type One<T>;

    /// That of what was found; `None` where it had to be there.
    fn one<T>(found: Option<T>) -> Option<Self::One<T>>;
}

impl Presence for Optional {
    type Shape = Maybe;
    type One<T> = Option<T>;

    fn one<T>(found: Option<T>) -> Option<Option<T>> {
        Some(found)
    }
}

impl Presence for Required {
    type Shape = Exactly;
    type One<T> = T;

    fn one<T>(found: Option<T>) -> Option<T> {
        found
    }
}

/// How many records an association yields for one.
#[doc(hidden)]
pub trait Shape: Send + Sync + 'static {
    /// The result made of results.
    type Of<O: Clone + Send + Sync + 'static>: Clone + Send + Sync + 'static;
}

/// Any number: a `Vec`.
#[derive(Debug, Clone, Copy)]
pub struct Many;

/// One or none: an `Option`.
#[derive(Debug, Clone, Copy)]
pub struct Maybe;

/// One, since the foreign key is required. Filtered, there may be none.
#[derive(Debug, Clone, Copy)]
pub struct Exactly;

/// One, since records without it were not asked for.
#[derive(Debug, Clone, Copy)]
pub struct Needed;

impl Shape for Many {
    type Of<O: Clone + Send + Sync + 'static> = Vec<O>;
}

impl Shape for Maybe {
    type Of<O: Clone + Send + Sync + 'static> = Option<O>;
}

impl Shape for Exactly {
    type Of<O: Clone + Send + Sync + 'static> = O;
}

impl Shape for Needed {
    type Of<O: Clone + Send + Sync + 'static> = O;
}

/// Holds where the model's foreign key to `T` of that name may be NULL. What un-links asks for it.
///
/// The lifetime is there so that it is asked where the method is called, and not where it is declared.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the foreign key of `{Self}` to `{T}` is required, so that nothing can be un-linked",
    label = "the foreign key is not an `Option`",
    note = "link the record elsewhere with the setter of its own side, destroy it, or make the field an `Option`"
)]
pub trait CanUnlink<'a, T, const NAME: u64> {}

#[diagnostic::do_not_recommend]
impl<M, T, const NAME: u64> CanUnlink<'_, T, NAME> for M where M: References<T, NAME, Presence = Optional> {}

/// Holds where both sides of a foreign key have the same type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this foreign key holds `{Self}`, and the key that it refers to is `{K}`",
    label = "not the type of that key",
    note = "both sides of a foreign key have the same type, besides the `Option`"
)]
pub trait SameKey<K> {}

#[diagnostic::do_not_recommend]
impl<K> SameKey<K> for K {}
