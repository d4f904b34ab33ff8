//! Byte strings.

use std::borrow::Cow;

use super::{ColumnType, Converted, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

impl ColumnType for Vec<u8> {
    type Family = family::Bytes;
    const DATA_TYPE: DataType = DataType::Bytes { size: None };

    #[inline]
    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        Ok(Value::Bytes(Cow::Borrowed(self)))
    }

    #[inline]
    fn into_value(self, _column: &ColumnDef) -> Converted<Value<'static>> {
        Ok(Value::Bytes(Cow::Owned(self)))
    }

    #[inline]
    fn decode(value: Value<'_>) -> Converted<Self> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.into_owned()),
            // MySQL's driver does not tell text from bytes. Taking both makes every database answer alike.
            Value::Text(text) => Ok(text.into_owned().into_bytes()),
            other => Err(Mismatch::new("bytes", other.class())),
        }
    }

    #[inline]
    fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
        Ok(())
    }
}

crate::__scalar!(Vec<u8>);
super::stands_for!(Vec<u8>, &[u8], [], bytes => bytes.to_vec());
super::stands_for!(Vec<u8>, &[u8; N], [const N: usize], bytes => bytes.to_vec());
