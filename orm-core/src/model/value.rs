//! The value of one column of a record.

use super::Model;
use crate::error::Result;
use crate::schema::ColumnDef;
use crate::types::{self, ColumnType, Values};
use crate::value::Value;

/// The value of the column at this position.
pub(super) fn of<M: Model>(record: &M, column: usize) -> Result<Value<'_>> {
    let mut one = One { column, def: &M::TABLE.columns[column], value: Ok(Value::Null) };
    record.values(&mut one);
    one.value
}

/// Takes one column's value.
struct One<'r> {
    column: usize,
    def: &'static ColumnDef,
    value: Result<Value<'r>>,
}

impl<'r> Values<'r> for One<'r> {
    #[inline]
    fn take<T: ColumnType>(&mut self, column: usize, field: &'r T) {
        if column == self.column {
            self.value = types::encode(field, self.def);
        }
    }
}
