//! True and false, stored as 1 and 0.

use super::{ColumnType, Converted, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

impl ColumnType for bool {
    type Family = family::Truth;
    const DATA_TYPE: DataType = DataType::Bool;

    #[inline]
    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        Ok(Value::Int(i64::from(*self)))
    }

    #[inline]
    fn decode(value: Value<'_>) -> Converted<Self> {
        match value {
            Value::Int(0) | Value::UInt(0) => Ok(false),
            Value::Int(1) | Value::UInt(1) => Ok(true),
            Value::Int(_) | Value::UInt(_) => Err(Mismatch::new("0 or 1", "another integer")),
            other => Err(Mismatch::new("0 or 1", other.class())),
        }
    }

    #[inline]
    fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
        Ok(())
    }
}

crate::__scalar!(bool);
