//! Columns that may be NULL.

use super::{ColumnType, Converted, Scalar};
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

impl<T: Scalar> ColumnType for Option<T> {
    type Family = T::Family;
    const DATA_TYPE: DataType = T::DATA_TYPE;
    const NULLABLE: bool = true;

    #[inline]
    fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>> {
        self.as_ref().map_or(Ok(Value::Null), |value| value.encode(column))
    }

    #[inline]
    fn into_value(self, column: &ColumnDef) -> Converted<Value<'static>> {
        self.map_or(Ok(Value::Null), |value| value.into_value(column))
    }

    #[inline]
    fn decode(value: Value<'_>) -> Converted<Self> {
        if value.is_null() { Ok(None) } else { T::decode(value).map(Some) }
    }

    #[inline]
    fn stored(self, column: &ColumnDef) -> Converted<Self> {
        self.map(|value| value.stored(column)).transpose()
    }

    #[inline]
    fn given(field: Option<Self>, column: &ColumnDef) -> Converted<Self> {
        field.flatten().stored(column)
    }
}
