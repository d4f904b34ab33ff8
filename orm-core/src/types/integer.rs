//! Integers of every width, signed and unsigned.

use super::{ColumnType, Converted, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

macro_rules! integer {
    ($($type:ty, $bits:literal, $signed:literal, $class:ident, $wide:ty, $family:ident;)*) => {$(
        impl ColumnType for $type {
            type Family = family::$family;
            const DATA_TYPE: DataType = DataType::Integer { bits: $bits, signed: $signed };

            #[inline]
            fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
                Ok(Value::$class(<$wide>::from(*self)))
            }

            #[inline]
            fn decode(value: Value<'_>) -> Converted<Self> {
                let fitting = match value {
                    Value::Int(v) => <$type>::try_from(v).ok(),
                    Value::UInt(v) => <$type>::try_from(v).ok(),
                    other => return Err(Mismatch::new(stringify!($type), other.class())),
                };
                fitting.ok_or_else(|| Mismatch::new(stringify!($type), "an integer out of its range"))
            }

            #[inline]
            fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
                Ok(())
            }
        }

        crate::__scalar!($type);
    )*};
}

integer! {
    i8, 8, true, Int, i64, Signed;
    i16, 16, true, Int, i64, Signed;
    i32, 32, true, Int, i64, Signed;
    i64, 64, true, Int, i64, Signed;
    u8, 8, false, UInt, u64, Unsigned;
    u16, 16, false, UInt, u64, Unsigned;
    u32, 32, false, UInt, u64, Unsigned;
    u64, 64, false, UInt, u64, Unsigned;
}
