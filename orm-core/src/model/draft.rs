//! Records that are not saved yet.
//!
//! The derive wraps [`Draft`] in a struct of the model's own, `NoteDraft`, with one type parameter per required field. A parameter
//! is a marker type named after the field until the field's setter has been called, and [`Set`] from then on.

use std::marker::PhantomData;

use super::{Column, Model, Row};
use crate::driver::Cells;
use crate::error::{Error, Result};
use crate::types::IntoValue;
use crate::value::Value;

/// The marker of a required field that has been set.
#[derive(Debug, Clone, Copy)]
pub struct Set;

/// Whether a required field has been set; only [`Set`] has it.
#[diagnostic::on_unimplemented(
    message = "a required field has not been set: {Self}",
    label = "this record is incomplete",
    note = "call the setter named after the field before saving"
)]
pub trait FieldSet {}

#[diagnostic::do_not_recommend]
impl FieldSet for Set {}

/// A complete draft of the model `M`.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// # let db = Db::connect("sqlite::memory:").await?;
/// # Book::sync(&db).await?;
/// use orm_core::model::IntoDraft;
///
/// async fn add(db: &Db, books: Vec<impl IntoDraft<Book>>) -> orm_core::Result<usize> {
///     Ok(Book::bulk_create(db, books).await?.len())
/// }
/// assert_eq!(add(&db, vec![Book::build().title("Emma")]).await?, 1);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a draft of `{M}`",
    label = "expected `{M}::build()` and its setters"
)]
pub trait IntoDraft<M: Model> {
    /// The values.
    #[doc(hidden)]
    fn into_draft(self) -> Draft<M>;
}

/// The values of a record that is not saved yet, whatever the model.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// let draft = Book::build().title("Emma").loans(2);   // a BookDraft around a Draft<Book>
/// ```
#[doc(alias = "build")]
#[derive(Debug)]
pub struct Draft<M> {
    values: Vec<Option<Value<'static>>>,
    /// Boxed, since a draft is moved by every setter.
    error: Option<Box<Error>>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Draft<M> {
    /// Nothing set.
    #[doc(hidden)]
    pub fn new() -> Self {
        let values = M::TABLE.columns.iter().map(|_| None).collect();
        Self { values, error: None, model: PhantomData }
    }

    /// The same with this column set. The first value that does not encode is kept as the draft's error.
    #[doc(hidden)]
    #[must_use]
    #[inline]
    pub fn with<T>(mut self, column: Column<M, T>, value: impl IntoValue<T>) -> Self {
        match value.into_value(column.def()) {
            Ok(value) => self.values[column.position()] = Some(value),
            Err(error) => {
                self.error.get_or_insert_with(|| Box::new(error));
            }
        }
        self
    }

    /// The values with every default filled in and the timestamps set; `None` is left only for a generated id.
    pub(crate) fn complete(mut self, now: chrono::NaiveDateTime) -> Result<Vec<Option<Value<'static>>>> {
        if let Some(error) = self.error.take() {
            return Err(*error);
        }
        for (position, column) in M::TABLE.columns.iter().enumerate() {
            let value = &mut self.values[position];
            if value.is_some() || column.auto_increment {
                continue;
            }
            *value = Some(if column.managed.is_some() {
                crate::types::timestamp(now, column)
            } else if let Some(default) = M::default_value(position) {
                default?
            } else {
                Value::Null
            });
        }
        Ok(self.values)
    }
}

impl<M: Model> Default for Draft<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// The values of a draft as the cells of a row, so that the record is made of what was sent.
#[derive(Debug)]
struct OwnCells<'v>(&'v mut [Option<Value<'static>>]);

impl Cells for OwnCells<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_null(&self, index: usize) -> bool {
        !matches!(self.0.get(index), Some(Some(value)) if !value.is_null())
    }

    fn take(&mut self, index: usize) -> Value<'_> {
        self.0.get_mut(index).and_then(Option::take).unwrap_or(Value::Null)
    }
}

/// The record that these values make. They are moved out.
pub(crate) fn record<M: Model>(values: &mut [Option<Value<'static>>]) -> Result<M> {
    M::from_row(&mut Row::new(&mut OwnCells(values), 0))
}
