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
    fn settle(&mut self, column: &ColumnDef) -> Converted<()> {
        self.as_mut().map_or(Ok(()), |value| value.settle(column))
    }

    #[inline]
    fn complete(field: &mut Option<Self>, column: &ColumnDef) -> Converted<()> {
        field.get_or_insert(None).settle(column)
    }
}
