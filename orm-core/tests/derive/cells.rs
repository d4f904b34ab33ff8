//! A row of values, as a driver would hand it over.

use orm_core::driver::Cells;
use orm_core::model::{Model, Row};
use orm_core::value::Value;

/// The cells of one row.
pub struct Given(pub Vec<Value<'static>>);

impl Cells for Given {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_null(&self, index: usize) -> bool {
        self.0[index].is_null()
    }

    fn take(&mut self, index: usize) -> Value<'_> {
        std::mem::replace(&mut self.0[index], Value::Null)
    }
}

/// The record that these cells make.
pub fn record<M: Model>(cells: Vec<Value<'static>>) -> orm_core::Result<M> {
    M::from_row(&mut Row::new(&mut Given(cells), 0))
}

/// A text.
pub fn text(text: &'static str) -> Value<'static> {
    Value::Text(text.into())
}
