//! Rust types as column types: one file a family.
//!
//! A column type says what it is in the database ([`ColumnType::DATA_TYPE`]), how it becomes a [`Value`] and how it is made of one.
//! What cannot be represented is a [`Mismatch`], never a wrap or a cut.

mod aggregate;
mod bool;
mod bytes;
mod chrono;
#[cfg(feature = "rust_decimal")]
mod decimal;
mod enumeration;
pub mod family;
mod float;
mod integer;
#[cfg(feature = "serde_json")]
mod json;
mod option;
mod text;
#[cfg(feature = "uuid")]
mod uuid;

pub(crate) use self::aggregate::decode_sum;
pub(crate) use self::chrono::{now, timestamp};
pub use enumeration::DbEnum;
#[doc(hidden)]
pub use enumeration::{decode_enum, encode_enum};
#[cfg(feature = "serde_json")]
pub use json::Json;

use crate::error::{Error, Mismatch, Result};
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

/// The outcome of turning one value into the other.
pub type Converted<T> = std::result::Result<T, Box<Mismatch>>;

/// A Rust type that a column can hold.
///
/// The types of the table below have it already, and so has an `Option` of each. A type of your own gets it by `#[derive(DbEnum)]` or
/// `#[derive(Newtype)]`, or by hand, as here. [`Scalar`] and [`Nullable`] belong to it.
///
/// | Rust | database |
/// | --- | --- |
/// | `i8` to `i64`, `u8` to `u64` | an integer of that width; SQLite holds none above `i64::MAX` |
/// | `f32`, `f64` | a float; NaN and the infinities are refused |
/// | `bool` | 0 or 1 |
/// | `String` | text of up to 255 characters, unless the field's `size` or `text` says otherwise |
/// | `Vec<u8>` | bytes |
/// | `DateTime<Utc>`, `NaiveDateTime`, `NaiveTime` | to the microsecond, unless `precision` says otherwise; cut, never rounded |
/// | `NaiveDate` | a day of the years 1 to 9999 |
/// | `Decimal` (feature `rust_decimal`) | 28 digits, 10 of them behind the point, unless `precision` says otherwise; more are refused |
/// | `Uuid` (feature `uuid`) | its 16 bytes |
/// | `serde_json::Value`, `Json<T>` (feature `serde_json`) | a JSON document |
///
/// ```
/// use orm_core::error::Mismatch;
/// use orm_core::schema::{ColumnDef, DataType};
/// use orm_core::types::{ColumnType, Converted, Nullable, Scalar, family};
/// use orm_core::value::Value;
///
/// /// A share of a hundred, stored as a small integer.
/// #[derive(Debug, Clone, Copy, PartialEq)]
/// struct Percent(u8);
///
/// impl ColumnType for Percent {
///     type Family = family::Unsigned;
///     const DATA_TYPE: DataType = u8::DATA_TYPE;
///
///     fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>> {
///         self.0.encode(column)
///     }
///
///     fn decode(value: Value<'_>) -> Converted<Self> {
///         match u8::decode(value)? {
///             share @ 0..=100 => Ok(Self(share)),
///             _ => Err(Mismatch::new("a share of a hundred", "a larger number")),
///         }
///     }
/// }
///
/// impl Scalar for Percent {}
///
/// impl Nullable for Percent {
///     type Plain = Self;
/// }
///
/// assert_eq!(Percent::decode(Value::Int(70)), Ok(Percent(70)));
/// assert_eq!(Option::<Percent>::decode(Value::Null), Ok(None));
/// assert!(Percent::decode(Value::Int(101)).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column",
    label = "no column type",
    note = "columns are integers, floats, bool, String, Vec<u8>, chrono's types, Option of these, and with the features of orm-core: Uuid, Decimal, serde_json::Value, Json<T>",
    note = "for an enum derive `DbEnum`, for a wrapper derive `Newtype`, to leave the field out write #[model(skip)]"
)]
pub trait ColumnType: Sized + Send + Sync + 'static {
    /// What can be asked of such a column: one of [`family`].
    type Family;

    /// What the column is in the database.
    const DATA_TYPE: DataType;

    /// Whether the column may be NULL: true for `Option` only.
    const NULLABLE: bool = false;

    /// Both of these.
    #[doc(hidden)]
    const COLUMN: (DataType, bool) = (Self::DATA_TYPE, Self::NULLABLE);

    /// This value for that column, borrowed where possible.
    ///
    /// # Errors
    /// Where the column cannot hold it exactly: NaN, digits behind the column's scale, a zero date.
    fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>>;

    /// The same, moved.
    ///
    /// # Errors
    /// As [`ColumnType::encode`].
    fn into_value(self, column: &ColumnDef) -> Converted<Value<'static>> {
        self.encode(column).map(Value::into_owned)
    }

    /// The value that a database handed over.
    ///
    /// # Errors
    /// Where it is not one of this type.
    fn decode(value: Value<'_>) -> Converted<Self>;

    /// Makes it the value that the column gives back: a time is cut, a decimal loses its trailing zeros. What a record has once it is saved.
    ///
    /// Override it where every value comes back as it is.
    ///
    /// # Errors
    /// Where the column cannot hold it. [`ColumnType::encode`] says so too.
    fn settle(&mut self, column: &ColumnDef) -> Converted<()> {
        *self = Self::decode(self.encode(column)?)?;
        Ok(())
    }

    /// Hands a record's field on.
    #[doc(hidden)]
    #[inline]
    fn give<'r, V: Values<'r>>(&'r self, column: usize, to: &mut V) {
        to.take(column, self);
    }

    /// Hands a record's field on that may be changed.
    #[doc(hidden)]
    #[inline]
    fn give_mut<V: ValuesMut>(&mut self, column: usize, to: &mut V) {
        to.take(column, self);
    }

    /// Hands a draft's field on.
    #[doc(hidden)]
    #[inline]
    fn give_slot<V: Slots>(field: &mut Option<Self>, column: usize, to: &mut V) {
        to.take(column, field);
    }

    /// Makes a draft's field what a record gets: one that is not set becomes NULL where it may be.
    ///
    /// # Errors
    /// Where it is not set and may not be NULL, or where the column cannot hold it.
    #[doc(hidden)]
    #[inline]
    fn complete(field: &mut Option<Self>, column: &ColumnDef) -> Converted<()> {
        match field {
            Some(value) => value.settle(column),
            None => Err(Mismatch::new("a value", "none")),
        }
    }
}

/// What goes through the fields of a record, column by column.
#[doc(hidden)]
pub trait Values<'r> {
    /// The field of the column at this position.
    fn take<T: ColumnType>(&mut self, column: usize, field: &'r T);
}

/// What goes through the fields of a record and may change them.
#[doc(hidden)]
pub trait ValuesMut {
    /// The field of the column at this position.
    fn take<T: ColumnType>(&mut self, column: usize, field: &mut T);
}

/// What goes through the fields of a draft, which may be unset.
#[doc(hidden)]
pub trait Slots {
    /// The field of the column at this position.
    fn take<T: ColumnType>(&mut self, column: usize, field: &mut Option<T>);
}

/// A [`ColumnType`] that is not an `Option`.
pub trait Scalar: ColumnType {}

/// A column type or an `Option` of one, seen without the `Option`.
pub trait Nullable: ColumnType {
    /// The type without `Option`.
    type Plain: Scalar;
}

impl<T: Scalar> Nullable for Option<T> {
    type Plain = T;
}

/// What may stand for a value of the column type `T`: `T`, `&T`, `&str` for a `String`, `&[u8]` for a `Vec<u8>`; for a nullable column
/// also `Option` of these.
///
/// ```
/// use orm_core::types::IntoValue;
///
/// fn name(name: impl IntoValue<String>) {}
/// fn nick(nick: impl IntoValue<Option<String>>) {}
///
/// name("Ada");
/// name(&String::from("Ada"));
/// nick("Ada");
/// nick(Some("Ada"));
/// nick(None::<String>);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for a column of type `{T}`",
    label = "expected a value of type `{T}`"
)]
pub trait IntoValue<T> {
    /// The value, encoded for that column.
    ///
    /// # Errors
    /// [`Error::Encode`] where the column cannot hold it.
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>>;

    /// The value as one of the column type.
    fn into_typed(self) -> T;

    /// Sets a draft's field.
    #[doc(hidden)]
    #[inline]
    fn set(self, field: &mut Option<T>)
    where
        Self: Sized,
    {
        *field = Some(self.into_typed());
    }
}

/// Encodes a value by reference and says which column it was for where that fails.
pub fn encode<'a, T: ColumnType>(value: &'a T, column: &ColumnDef) -> Result<Value<'a>> {
    value.encode(column).map_err(|mismatch| encode_error(mismatch, column))
}

/// Encodes a value by moving it, and says which column it was for where that fails.
pub fn encode_owned<T: ColumnType>(value: T, column: &ColumnDef) -> Result<Value<'static>> {
    value.into_value(column).map_err(|mismatch| encode_error(mismatch, column))
}

/// Decodes a value and says which column it was from where that fails.
pub fn decode<T: ColumnType>(value: Value<'_>, column: &ColumnDef) -> Result<T> {
    T::decode(value).map_err(|mismatch| decode_error(mismatch, column))
}

/// Whether a column may be NULL, which its type must say by name.
///
/// # Panics
/// At compile time, where the type is an `Option` behind another name, or a type of another crate's that is called `Option`.
#[doc(hidden)]
pub const fn nullable(is: bool, written: bool) -> bool {
    assert!(!is || written, "this type is an `Option` behind another name: write `Option<..>` out");
    assert!(is || !written, "this `Option` is not Rust's own: rename it, or write the column type out");
    is
}

#[cold]
pub(crate) fn decode_error(mismatch: Box<Mismatch>, column: &ColumnDef) -> Error {
    Error::Decode(mismatch.at(column.table, column.name))
}

#[cold]
pub(crate) fn encode_error(mismatch: Box<Mismatch>, column: &ColumnDef) -> Error {
    Error::Encode(mismatch.at(column.table, column.name))
}

// The ways to give a value are written once for all types and not per type: outside of this crate nobody may implement
// `IntoValue<Option<Light>>` for `Option<Light>`, since neither of the two is theirs. No two of them overlap, because no type contains
// itself, and for a literal only one of them is left, so that it needs no type. None is recommended where none fits: the list
// would only bury the message.

#[diagnostic::do_not_recommend]
impl<T: ColumnType> IntoValue<T> for T {
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>> {
        encode_owned(self, column)
    }

    #[inline]
    fn into_typed(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType + Clone> IntoValue<T> for &T {
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>> {
        encode(self, column).map(Value::into_owned)
    }

    #[inline]
    fn into_typed(self) -> T {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> IntoValue<Option<T>> for T {
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>> {
        encode_owned(self, column)
    }

    #[inline]
    fn into_typed(self) -> Option<T> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar + Clone> IntoValue<Option<T>> for &T {
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>> {
        encode(self, column).map(Value::into_owned)
    }

    #[inline]
    fn into_typed(self) -> Option<T> {
        Some(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar + Clone> IntoValue<Option<T>> for Option<&T> {
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>> {
        self.map_or(Ok(Value::Null), |value| encode(value, column).map(Value::into_owned))
    }

    #[inline]
    fn into_typed(self) -> Option<T> {
        self.cloned()
    }
}

/// Makes a column type a scalar, and with it an `Option` of it a column type. What the derives of column types call.
#[doc(hidden)]
#[macro_export]
macro_rules! __scalar {
    ($type:ty) => {
        impl $crate::types::Scalar for $type {}
        impl $crate::types::Nullable for $type {
            type Plain = $type;
        }
    };
}

/// Implements `IntoValue` of a scalar type of this crate for a reference that may stand for it, plain and for a nullable column.
macro_rules! stands_for {
    ($type:ty, $from:ty, [$($generic:tt)*], $value:ident => $convert:expr) => {
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> $crate::types::IntoValue<$type> for $from {
            fn into_value(self, column: &'static $crate::schema::ColumnDef) -> $crate::Result<$crate::value::Value<'static>> {
                let $value = self;
                $crate::types::encode_owned::<$type>($convert, column)
            }

            #[inline]
            fn into_typed(self) -> $type {
                let $value = self;
                $convert
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic)*> $crate::types::IntoValue<Option<$type>> for $from {
            fn into_value(self, column: &'static $crate::schema::ColumnDef) -> $crate::Result<$crate::value::Value<'static>> {
                $crate::types::IntoValue::<$type>::into_value(self, column)
            }

            #[inline]
            fn into_typed(self) -> Option<$type> {
                Some($crate::types::IntoValue::<$type>::into_typed(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic)*> $crate::types::IntoValue<Option<$type>> for Option<$from> {
            fn into_value(self, column: &'static $crate::schema::ColumnDef) -> $crate::Result<$crate::value::Value<'static>> {
                self.map_or(Ok($crate::value::Value::Null), |value| {
                    $crate::types::IntoValue::<$type>::into_value(value, column)
                })
            }

            #[inline]
            fn into_typed(self) -> Option<$type> {
                self.map($crate::types::IntoValue::<$type>::into_typed)
            }
        }
    };
}
use stands_for;
