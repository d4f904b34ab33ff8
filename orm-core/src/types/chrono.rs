//! To come.
use chrono::{NaiveDateTime, Timelike as _};

use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

/// An instant for a managed column, cut to the column's precision.
pub(crate) fn timestamp(now: NaiveDateTime, column: &ColumnDef) -> Value<'static> {
    let precision = match column.data_type {
        DataType::DateTime { precision } => precision,
        _ => 6,
    };
    let unit = 10_u32.pow(9 - u32::from(precision.min(6)));
    let cut = now.with_nanosecond(now.nanosecond() / unit * unit).unwrap_or(now);
    Value::DateTime(cut)
}
