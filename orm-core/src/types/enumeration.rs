//! Enums stored as their text.

use std::borrow::Cow;

use super::Converted;
use crate::error::Mismatch;
use crate::value::Value;

/// An enum without data, stored as text. Derived: `#[derive(DbEnum)]`.
///
/// The column's CHECK allows these texts only, and reading any other is an error that names them.
#[doc(alias = "ENUM")]
pub trait DbEnum: Sized + Copy + Send + Sync + 'static {
    /// The texts, in the order of the variants.
    const VALUES: &'static [&'static str];

    /// The text of this variant.
    fn as_str(self) -> &'static str;

    /// The variant of this text.
    fn from_text(text: &str) -> Option<Self>;
}

/// The text of a variant. What `#[derive(DbEnum)]` calls to encode.
///
/// # Errors
/// None; it is the shape that `ColumnType::encode` has.
#[doc(hidden)]
pub fn encode_enum<E: DbEnum>(value: E) -> Converted<Value<'static>> {
    Ok(Value::Text(Cow::Borrowed(value.as_str())))
}

/// The variant of a text that was read. What `#[derive(DbEnum)]` calls to decode.
///
/// # Errors
/// Where it is none of [`DbEnum::VALUES`], letter by letter.
#[doc(hidden)]
pub fn decode_enum<E: DbEnum>(value: Value<'_>) -> Converted<E> {
    let found = match &value {
        Value::Text(text) => E::from_text(text),
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok().and_then(E::from_text),
        other => return Err(unknown::<E>(other.class())),
    };
    found.ok_or_else(|| unknown::<E>("another text"))
}

fn unknown<E: DbEnum>(got: &str) -> Box<Mismatch> {
    Mismatch::new(format!("one of {}", E::VALUES.join(", ")), got)
}
