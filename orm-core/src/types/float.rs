//! Floating-point numbers. NaN and the infinities are refused: no two databases treat them alike.

use super::{ColumnType, Converted, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

impl ColumnType for f64 {
    type Family = family::Float;
    const DATA_TYPE: DataType = DataType::Double;

    #[inline]
    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        if self.is_finite() { Ok(Value::Double(*self)) } else { Err(not_finite()) }
    }

    #[inline]
    fn decode(value: Value<'_>) -> Converted<Self> {
        let read = match value {
            Value::Double(v) => v,
            Value::Float(v) => Self::from(v),
            other => return Err(Mismatch::new("f64", other.class())),
        };
        if read.is_finite() { Ok(read) } else { Err(not_finite()) }
    }

    #[inline]
    fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
        if self.is_finite() { Ok(()) } else { Err(not_finite()) }
    }
}

impl ColumnType for f32 {
    type Family = family::Float;
    const DATA_TYPE: DataType = DataType::Float;

    #[inline]
    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        if self.is_finite() { Ok(Value::Float(*self)) } else { Err(not_finite()) }
    }

    #[inline]
    fn decode(value: Value<'_>) -> Converted<Self> {
        let read = match value {
            Value::Float(v) => v,
            Value::Double(v) if !v.is_finite() => return Err(not_finite()),
            Value::Double(v) => {
                narrow(v).ok_or_else(|| Mismatch::new("f32", "a number that only f64 holds exactly"))?
            }
            other => return Err(Mismatch::new("f32", other.class())),
        };
        if read.is_finite() { Ok(read) } else { Err(not_finite()) }
    }

    #[inline]
    fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
        if self.is_finite() { Ok(()) } else { Err(not_finite()) }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the very loss is what is looked for")]
fn narrow(wide: f64) -> Option<f32> {
    let narrow = wide as f32;
    (f64::from(narrow) == wide).then_some(narrow)
}

fn not_finite() -> Box<Mismatch> {
    Mismatch::new("a finite number", "NaN or an infinity")
}

crate::__scalar!(f32);
crate::__scalar!(f64);
