//! Byte strings.

use std::borrow::Cow;

use super::{ColumnType, Converted, IntoValue, family};
use crate::error::{Mismatch, Result};
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

impl ColumnType for Vec<u8> {
    type Family = family::Bytes;
    const DATA_TYPE: DataType = DataType::Bytes { size: None };

    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        Ok(Value::Bytes(Cow::Borrowed(self)))
    }

    fn into_value(self, _column: &ColumnDef) -> Converted<Value<'static>> {
        Ok(Value::Bytes(Cow::Owned(self)))
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.into_owned()),
            // MySQL's driver does not tell text from bytes. Taking both makes every database answer alike.
            Value::Text(text) => Ok(text.into_owned().into_bytes()),
            other => Err(Mismatch::new("bytes", other.class())),
        }
    }
}

crate::__scalar!(Vec<u8>);
crate::__into_value!(Vec<u8>, &[u8], bytes => bytes.to_vec());

impl<const N: usize> IntoValue<Vec<u8>> for &[u8; N] {
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>> {
        IntoValue::<Vec<u8>>::into_value(self.as_slice(), column)
    }
}

impl<const N: usize> IntoValue<Option<Vec<u8>>> for &[u8; N] {
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>> {
        IntoValue::<Vec<u8>>::into_value(self.as_slice(), column)
    }
}

impl<const N: usize> IntoValue<Option<Vec<u8>>> for Option<&[u8; N]> {
    fn into_value(self, column: &'static ColumnDef) -> Result<Value<'static>> {
        self.map_or(Ok(Value::Null), |bytes| IntoValue::<Vec<u8>>::into_value(bytes, column))
    }
}
