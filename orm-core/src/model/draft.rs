//! Records that are not saved yet.
//!
//! The derive wraps [`Draft`] in a struct of the model's own, `NoteDraft`, with one type parameter per required field. A parameter
//! is a marker type named after the field until the field's setter has been called, and [`Set`] from then on.

use std::marker::PhantomData;

use chrono::NaiveDateTime;

use super::Model;
use crate::error::Result;
use crate::schema::{ColumnDef, Table};
use crate::types;
use crate::value::Value;

/// The marker of a required field that has been set.
#[derive(Debug, Clone, Copy)]
pub struct Set;

/// Whether a required field has been set; only [`Set`] has it.
#[diagnostic::on_unimplemented(
    message = "a required field has not been set: {Self}",
    label = "this record is incomplete: call the setter named after the field before"
)]
pub trait FieldSet: Send + 'static {}

#[diagnostic::do_not_recommend]
impl FieldSet for Set {}

/// A draft of the model `M` with a foreign key, whose fields hash to `KEY`, that what it is saved with fills: its fields are as if set.
///
/// The hash stands for the names, as in [`References`](super::References).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a draft of `{M}`",
    label = "expected `{M}::build()` and its setters"
)]
pub trait LinkDraft<M, const KEY: u64> {
    /// The draft whose foreign key need not be set.
    type Linked;

    /// The same draft. What was said of the foreign key is forgotten.
    fn linked(self) -> Self::Linked;
}

/// The fields of a record that is not saved yet, whatever the model.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// let draft = Book::build().title("Emma").loans(2);   // a BookDraft around a Draft<Book>
/// ```
#[doc(alias = "build")]
pub struct Draft<M: Model> {
    /// What the setters set.
    #[doc(hidden)]
    pub fields: M::Fields,
}

impl<M: Model> std::fmt::Debug for Draft<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("model", &M::TABLE.model).finish_non_exhaustive()
    }
}

impl<M: Model> Draft<M> {
    /// Nothing set.
    #[doc(hidden)]
    #[inline]
    pub fn new() -> Self {
        Self { fields: M::fields() }
    }

    /// Sets these columns, as far as they are not set yet.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a value is not of the field's type.
    pub(crate) fn fill_all(&mut self, columns: &[usize], values: &[Value<'_>]) -> Result<()> {
        columns
            .iter()
            .zip(values)
            .try_for_each(|(&column, value)| self.fill(column, value.borrow()).map(drop))
    }

    /// Sets a column that is not set yet, and says whether it did.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where the value is not of the field's type.
    #[inline]
    pub(crate) fn fill(&mut self, column: usize, value: Value<'_>) -> Result<bool> {
        M::fill(&mut self.fields, column, value)
    }

    /// The record, and whether its id is its own. Without one it has a stand-in until the database has generated it.
    #[inline]
    pub(crate) fn into_record(mut self, blanks: &Blanks) -> Result<(M, bool)> {
        let with_id = blanks.fill::<M>(&mut self.fields)?;
        Ok((M::from_fields(self.fields)?, with_id))
    }
}

impl<M: Model> Default for Draft<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// The column of a model that the database generates: a constant, so that what is done with it is the code of that column alone.
pub(crate) struct Generated<M>(PhantomData<M>);

impl<M: Model> Generated<M> {
    pub(crate) const ID: Option<usize> = M::TABLE.auto_increment();
}

/// The columns of a model that a draft may leave to the runtime.
#[derive(Debug)]
pub(crate) struct Blanks {
    /// Those that get the time.
    stamps: Vec<(usize, Value<'static>)>,
}

impl Blanks {
    /// Those of this table, at this instant.
    pub(crate) fn new(table: &Table, now: NaiveDateTime) -> Self {
        let managed =
            |(n, column): (usize, &ColumnDef)| column.managed.map(|_| (n, types::timestamp(now, column)));
        Self { stamps: table.columns.iter().enumerate().filter_map(managed).collect() }
    }

    /// Fills the fields that are not set yet, and says whether the id was.
    #[inline]
    pub(crate) fn fill<M: Model>(&self, fields: &mut M::Fields) -> Result<bool> {
        for (column, stamp) in &self.stamps {
            M::fill(fields, *column, stamp.borrow())?;
        }
        match Generated::<M>::ID {
            // The first id that databases generate, so that every type of an id can be it.
            Some(id) => Ok(!M::fill(fields, id, Value::UInt(1))?),
            None => Ok(true),
        }
    }
}
