//! What SUM and AVG hand over, which is not always what the column is: MySQL adds integers up as DECIMAL, SQLite averages them as REAL.

use super::{ColumnType, Converted};
use crate::error::Mismatch;
use crate::schema::DataType;
use crate::value::Value;

/// Decodes a sum or an average as a `T`, an `Option` of it where there were no rows.
///
/// # Errors
/// Where the number is out of the range of `T`: never wrapped, never cut.
pub(crate) fn decode_sum<T: ColumnType>(value: Value<'_>) -> Converted<T> {
    match T::DATA_TYPE {
        DataType::Integer { .. } => T::decode(whole(value)?),
        DataType::Float | DataType::Double => T::decode(floating(value)?),
        _ => T::decode(value),
    }
}

/// An integer that came as text, as one.
fn whole(value: Value<'_>) -> Converted<Value<'_>> {
    let Some(text) = text(&value) else { return Ok(value) };
    if let Ok(number) = text.parse() {
        Ok(Value::Int(number))
    } else if let Ok(number) = text.parse() {
        Ok(Value::UInt(number))
    } else {
        Err(Mismatch::new("a sum of up to 64 bits", "another number, or none"))
    }
}

/// A number that came as text or as an integer, as a float.
fn floating(value: Value<'_>) -> Converted<Value<'_>> {
    let read = match value {
        Value::Int(number) => exact(number.unsigned_abs()).map(|size| if number < 0 { -size } else { size }),
        Value::UInt(number) => exact(number),
        other => match text(&other) {
            // `parse` knows words too, such as `inf`.
            Some(text) => text.parse().ok().filter(|float: &f64| float.is_finite()),
            None => return Ok(other),
        },
    };
    read.map(Value::Double).ok_or_else(|| Mismatch::new("a number that f64 holds", "another"))
}

/// The same number as a float, where there is one.
fn exact(number: u64) -> Option<f64> {
    let (high, low) = (u32::try_from(number >> 32).ok()?, u32::try_from(number & 0xffff_ffff).ok()?);
    let float = f64::from(high) * 4_294_967_296.0 + f64::from(low);
    // Exact if and only if the bits from the highest to the lowest that are set fit the 53 of the mantissa.
    let bits = 64 - number.leading_zeros() - number.trailing_zeros().min(63);
    (number == 0 || bits <= 53).then_some(float)
}

fn text<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}
