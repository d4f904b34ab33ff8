//! Text.

use std::borrow::Cow;

use super::{ColumnType, Converted, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

impl ColumnType for String {
    type Family = family::Text;
    const DATA_TYPE: DataType = DataType::String { size: 255 };

    #[inline]
    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        Ok(Value::Text(Cow::Borrowed(self)))
    }

    #[inline]
    fn into_value(self, _column: &ColumnDef) -> Converted<Value<'static>> {
        Ok(Value::Text(Cow::Owned(self)))
    }

    #[inline]
    fn decode(value: Value<'_>) -> Converted<Self> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            Value::Bytes(bytes) => Self::from_utf8(bytes.into_owned())
                .map_err(|_| Mismatch::new("text", "bytes that are not UTF-8")),
            other => Err(Mismatch::new("text", other.class())),
        }
    }

    #[inline]
    fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
        Ok(())
    }
}

crate::__scalar!(String);
super::stands_for!(String, &str, [], text => text.to_owned());
