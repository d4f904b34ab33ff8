//! The value of one column of a record, to be read or set.

use std::marker::PhantomData;

use super::Model;
use crate::error::Result;
use crate::schema::ColumnDef;
use crate::types::{self, ColumnType, Values, ValuesMut};
use crate::value::Value;

/// The value of the column at this position.
pub(super) fn of<M: Model>(record: &M, column: usize) -> Result<Value<'_>> {
    let mut value = Ok(Value::Null);
    write(record, column, &mut value);
    value
}

/// Writes the value of the column at this position to this place.
#[inline]
pub(crate) fn write<'r, M: Model>(record: &'r M, column: usize, to: &mut Result<Value<'r>>) {
    record.values(&mut One { column, def: &M::TABLE.columns[column], value: to });
}

/// Takes one column's value.
struct One<'r, 'v> {
    column: usize,
    def: &'static ColumnDef,
    value: &'v mut Result<Value<'r>>,
}

impl<'r> Values<'r> for One<'r, '_> {
    #[inline]
    fn take<T: ColumnType>(&mut self, column: usize, field: &'r T) {
        if column == self.column {
            *self.value = types::encode(field, self.def);
        }
    }
}

/// Sets the field of the column at this position.
#[inline]
pub(super) fn set<M: Model>(record: &mut M, column: usize, value: Value<'static>) -> Result<()> {
    let mut set = Set { column, value: Some(value), model: PhantomData::<M>, result: Ok(()) };
    record.values_mut(&mut set);
    set.result
}

/// Sets one column's value. It knows the model, so that the compiler knows every column.
struct Set<M> {
    column: usize,
    value: Option<Value<'static>>,
    model: PhantomData<M>,
    result: Result<()>,
}

impl<M: Model> ValuesMut for Set<M> {
    #[inline]
    fn take<T: ColumnType>(&mut self, column: usize, field: &mut T) {
        if column == self.column
            && let Some(value) = self.value.take()
        {
            self.result = types::decode(value, &M::TABLE.columns[column]).map(|value| *field = value);
        }
    }
}
