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
    // Exact if and only if the bits from the highest to the lowest that is set fit the 53 of the mantissa.
    let unused = number.leading_zeros() + number.trailing_zeros();
    (unused >= 64 - 53).then_some(float)
}

fn text<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Value<'_> {
        Value::Bytes(text.as_bytes().into())
    }

    #[test]
    fn integers_as_each_database_adds_them_up() {
        assert_eq!(decode_sum::<i64>(bytes("-123")), Ok(-123));
        assert_eq!(decode_sum::<u64>(bytes("18446744073709551615")), Ok(u64::MAX));
        assert_eq!(decode_sum::<u64>(Value::Int(7)), Ok(7));
        assert_eq!(decode_sum::<Option<u64>>(Value::Null), Ok(None));
        assert_eq!(decode_sum::<Option<i64>>(bytes("5")), Ok(Some(5)));
    }

    #[test]
    fn a_sum_out_of_range_is_refused() {
        assert!(decode_sum::<u64>(bytes("18446744073709551616")).is_err());
        assert!(decode_sum::<i64>(bytes("9223372036854775808")).is_err());
        assert!(decode_sum::<u64>(bytes("-1")).is_err());
        assert!(decode_sum::<i64>(bytes("12.5")).is_err());
        assert!(decode_sum::<i64>(bytes("")).is_err());
        assert!(decode_sum::<i64>(Value::Null).is_err());
    }

    #[test]
    fn averages() {
        assert_eq!(decode_sum::<f64>(bytes("12.5000")), Ok(12.5));
        assert_eq!(decode_sum::<Option<f64>>(Value::Double(0.5)), Ok(Some(0.5)));
        assert_eq!(decode_sum::<f64>(Value::Float(0.5)), Ok(0.5));
        assert_eq!(decode_sum::<f64>(Value::Int(-3)), Ok(-3.0));
        assert_eq!(decode_sum::<f64>(Value::UInt(0)), Ok(0.0));
        assert_eq!(decode_sum::<f64>(Value::UInt(1 << 63)), Ok(9_223_372_036_854_775_808.0));
        assert!(decode_sum::<f64>(Value::UInt(u64::MAX)).is_err(), "no f64 is that number");
        for wrong in ["inf", "NaN", "", "x", "1e999"] {
            assert!(decode_sum::<f64>(bytes(wrong)).is_err());
        }
        assert_eq!(decode_sum::<Option<f64>>(Value::Null), Ok(None));
    }

    #[test]
    fn whatever_is_no_number_is_left_to_its_type() {
        assert_eq!(decode_sum::<String>(bytes("12")).as_deref(), Ok("12"));
    }
}
