//! Exact decimal numbers.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{ColumnType, Converted, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

const WANTED: &str = "a decimal number";

impl ColumnType for Decimal {
    type Family = family::Exact;
    const DATA_TYPE: DataType = DataType::Decimal { precision: 28, scale: 10 };

    fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>> {
        let mut stripped = *self;
        stripped.settle(column)?;
        Ok(Value::Text(Cow::Owned(stripped.to_string())))
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        match value {
            Value::Text(text) => parse(&text),
            Value::Bytes(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => parse(text),
                Err(_) => Err(Mismatch::new(WANTED, "bytes that are not UTF-8")),
            },
            Value::Int(v) => Ok(Self::from(v)),
            Value::UInt(v) => Ok(Self::from(v)),
            // A float is not exact: what it stood for is gone already.
            other => Err(Mismatch::new(WANTED, other.class())),
        }
    }

    fn settle(&mut self, column: &ColumnDef) -> Converted<()> {
        let stripped = self.normalize();
        if let DataType::Decimal { precision, scale } = column.data_type {
            // The servers would round surplus digits behind the point without an error.
            if stripped.scale() > u32::from(scale) {
                return Err(Mismatch::new(
                    format!("a decimal with at most {scale} digits behind the point"),
                    format!("one with {}", stripped.scale()),
                ));
            }
            let before = digits_before_point(stripped);
            let most = precision.saturating_sub(scale);
            if before > u32::from(most) {
                return Err(Mismatch::new(
                    format!("a decimal with at most {most} digits before the point"),
                    format!("one with {before}"),
                ));
            }
        }
        *self = stripped;
        Ok(())
    }
}

fn digits_before_point(value: Decimal) -> u32 {
    value.trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1)
}

/// An optional sign, digits, and perhaps a point with digits behind it. Servers fill up with zeros, which are taken off before the
/// number of digits is counted.
fn parse(text: &str) -> Converted<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (before, behind) =
        digits.split_once('.').map_or((digits, None), |(before, behind)| (before, Some(behind)));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(before) || !behind.is_none_or(is_number) {
        return Err(Mismatch::new(WANTED, "text that is none"));
    }
    let stripped = if behind.is_some() { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    Decimal::from_str_exact(stripped)
        .map(|value| value.normalize())
        .map_err(|_| Mismatch::new("a decimal number of at most 28 digits", "one with more"))
}

crate::__scalar!(Decimal);
