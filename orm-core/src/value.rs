//! The waist: the few storage classes that every database speaks.
//!
//! A Rust type becomes a [`Value`] in `types/`, and a database's own value in its folder of `backend/`; neither knows the other.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// About how many bytes a value of fixed length takes on the wire, at most.
pub(crate) const FIXED_SIZE: usize = 12;
/// About how many bytes another one takes besides its own, at most.
pub(crate) const LENGTH_SIZE: usize = 9;

/// One value on its way to or from a database.
///
/// Text and bytes are borrowed where the driver lends them and owned where it hands them over.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// SQL NULL.
    Null,
    /// A signed integer of up to 64 bits. Booleans are 0 and 1.
    Int(i64),
    /// An unsigned integer. Used for every unsigned Rust type; equal to the same `Int` where it fits.
    UInt(u64),
    /// A 32-bit float.
    Float(f32),
    /// A 64-bit float.
    Double(f64),
    /// Text. Decimals and JSON travel as text too.
    Text(Cow<'a, str>),
    /// Bytes. MySQL's driver hands text over as bytes, so whoever decodes text takes both.
    Bytes(Cow<'a, [u8]>),
    /// A calendar day.
    Date(NaiveDate),
    /// A time of day, to the microsecond.
    Time(NaiveTime),
    /// A day and a time, in UTC where it stands for an instant.
    DateTime(NaiveDateTime),
}

impl<'a> Value<'a> {
    /// The same value, owning its text or bytes.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Int(v) => Value::Int(v),
            Self::UInt(v) => Value::UInt(v),
            Self::Float(v) => Value::Float(v),
            Self::Double(v) => Value::Double(v),
            Self::Text(v) => Value::Text(Cow::Owned(v.into_owned())),
            Self::Bytes(v) => Value::Bytes(Cow::Owned(v.into_owned())),
            Self::Date(v) => Value::Date(v),
            Self::Time(v) => Value::Time(v),
            Self::DateTime(v) => Value::DateTime(v),
        }
    }

    /// The same value, borrowing its text or bytes from this one.
    #[inline]
    pub fn borrow(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(v) => Value::Int(*v),
            Self::UInt(v) => Value::UInt(*v),
            Self::Float(v) => Value::Float(*v),
            Self::Double(v) => Value::Double(*v),
            Self::Text(v) => Value::Text(Cow::Borrowed(v)),
            Self::Bytes(v) => Value::Bytes(Cow::Borrowed(v)),
            Self::Date(v) => Value::Date(*v),
            Self::Time(v) => Value::Time(*v),
            Self::DateTime(v) => Value::DateTime(*v),
        }
    }

    /// Whether this is NULL.
    #[inline]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The integer that it is, signed or not.
    #[inline]
    pub(crate) fn as_integer(&self) -> Option<i128> {
        match *self {
            Self::Int(number) => Some(number.into()),
            Self::UInt(number) => Some(number.into()),
            _ => None,
        }
    }

    /// The name of the storage class, for messages.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "an integer",
            Self::UInt(_) => "an unsigned integer",
            Self::Float(_) | Self::Double(_) => "a floating-point number",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Date(_) => "a date",
            Self::Time(_) => "a time",
            Self::DateTime(_) => "a date and time",
        }
    }

    /// About how many bytes it takes on the wire.
    #[inline]
    pub fn wire_size(&self) -> usize {
        match self {
            Self::Null => 1,
            Self::Text(v) => v.len() + LENGTH_SIZE,
            Self::Bytes(v) => v.len() + LENGTH_SIZE,
            _ => FIXED_SIZE,
        }
    }
}
