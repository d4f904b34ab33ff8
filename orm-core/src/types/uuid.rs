//! UUIDs, stored as their 16 bytes.

use std::borrow::Cow;

use uuid::Uuid;

use super::{ColumnType, Converted, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

impl ColumnType for Uuid {
    type Family = family::Identifier;
    const DATA_TYPE: DataType = DataType::Uuid;

    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        Ok(Value::Bytes(Cow::Borrowed(self.as_bytes())))
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        match value {
            Value::Bytes(bytes) => Self::from_slice(&bytes)
                .map_err(|_| Mismatch::new("the 16 bytes of a UUID", format!("{} bytes", bytes.len()))),
            other => Err(Mismatch::new("the 16 bytes of a UUID", other.class())),
        }
    }

    #[inline]
    fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
        Ok(())
    }
}

crate::__scalar!(Uuid);
