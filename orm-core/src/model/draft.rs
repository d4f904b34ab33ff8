//! Records that are not saved yet.
//!
//! The derive wraps [`Draft`] in a struct of the model's own, `NoteDraft`, with one type parameter per required field. A parameter
//! is a marker type named after the field until the field's setter has been called, and [`Set`] from then on.

use std::marker::PhantomData;

use chrono::NaiveDateTime;

use super::Model;
use crate::error::{Error, Mismatch, Result};
use crate::schema::ColumnDef;
use crate::types::{self, ColumnType, Slots, ValuesMut};
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

/// The marker of a required field that has not been set.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Unset<Field>(PhantomData<Field>);

/// Whether a required field has been set: [`Set`] or [`Unset`].
#[doc(hidden)]
pub trait Mark: Send + 'static {
    /// The marker of the field where it has not been set, or [`Set`].
    type Field;

    /// The first of the two that has not been set.
    type Or<Other>;
}

impl Mark for Set {
    type Field = Self;
    type Or<Other> = Other;
}

impl<Field: Send + 'static> Mark for Unset<Field> {
    type Field = Field;
    type Or<Other> = Field;
}

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
        Self { fields: M::Fields::default() }
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
        let mut fill = Fill { column, value, model: PhantomData::<M>, result: Ok(false) };
        M::slots(&mut self.fields, &mut fill);
        fill.result
    }

    /// The record, and whether its id is its own. Without one it has a stand-in until the database has generated it.
    pub(crate) fn into_record(mut self, blanks: Blanks) -> Result<(M, bool)> {
        let with_id = self.complete(blanks)?;
        self.completed().map(|record| (record, with_id)).ok_or_else(incomplete::<M>)
    }

    /// Sets what the runtime sets, and says whether the id is the record's own.
    #[inline]
    pub(crate) fn complete(&mut self, blanks: Blanks) -> Result<bool> {
        M::defaults(&mut self.fields);
        let mut complete = Complete { blanks, with_id: true, model: PhantomData::<M>, error: None };
        M::slots(&mut self.fields, &mut complete);
        complete.error.map_or(Ok(complete.with_id), Err)
    }

    /// The record of a draft that is complete. In a step of its own, since each move of a record that was made just before is slow.
    #[inline]
    pub(crate) fn completed(self) -> Option<M> {
        M::from_fields(self.fields)
    }
}

impl<M: Model> Default for Draft<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// What a model's own draft is made of: the fields, in its type which of them are set, and what is saved along.
#[doc(hidden)]
pub struct Building<M: Model, Marks, Along = ()> {
    /// What the setters set.
    pub fields: M::Fields,
    along: Along,
    marks: PhantomData<Marks>,
}

impl<M: Model, Marks> Building<M, Marks> {
    /// Nothing set.
    #[inline]
    pub fn new() -> Self {
        Self { fields: M::Fields::default(), along: (), marks: PhantomData }
    }
}

impl<M: Model, Marks> Default for Building<M, Marks> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model, Marks, Along> Building<M, Marks, Along> {
    /// The same, with other fields said to be set.
    #[inline]
    pub fn marked<Others>(self) -> Building<M, Others, Along> {
        Building { fields: self.fields, along: self.along, marks: PhantomData }
    }

    /// The same, with this saved along too.
    #[inline]
    pub fn with<Others, W>(self, with: W) -> Building<M, Others, (Along, W)> {
        Building { fields: self.fields, along: (self.along, with), marks: PhantomData }
    }

    /// The draft, and what is saved along.
    #[inline]
    pub fn split(self) -> (Draft<M>, Along) {
        (Draft { fields: self.fields }, self.along)
    }
}

/// The column of a model that the database generates: a constant, so that what is done with it is the code of that column alone.
pub(crate) struct Generated<M>(PhantomData<M>);

impl<M: Model> Generated<M> {
    const ID: Option<usize> = M::TABLE.auto_increment();

    /// Whether it is the one at this position.
    #[inline]
    pub(crate) fn is(position: usize) -> bool {
        Self::ID == Some(position)
    }
}

/// Gives a record the id that was generated for it; nothing where its model generates none.
///
/// # Errors
/// [`Error::Decode`](crate::Error::Decode) where the id is not one of the field's type.
#[inline]
pub(crate) fn give_id<M: Model>(record: &mut M, id: u64) -> Result<()> {
    let mut give = GiveId { id, model: PhantomData::<M>, mismatch: None };
    record.values_mut(&mut give);
    match (give.mismatch, Generated::<M>::ID) {
        (Some(mismatch), Some(column)) => Err(types::decode_error(mismatch, &M::TABLE.columns[column])),
        _ => Ok(()),
    }
}

struct GiveId<M> {
    id: u64,
    model: PhantomData<M>,
    mismatch: Option<Box<Mismatch>>,
}

impl<M: Model> ValuesMut for GiveId<M> {
    #[inline]
    fn take<T: ColumnType>(&mut self, column: usize, field: &mut T) {
        if Generated::<M>::is(column) {
            match T::decode(Value::UInt(self.id)) {
                Ok(id) => *field = id,
                Err(mismatch) => self.mismatch = Some(mismatch),
            }
        }
    }
}

/// What a draft may leave to the runtime: the time, for all records of a call the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blanks {
    now: Option<NaiveDateTime>,
}

impl Blanks {
    /// Those of this model. The clock is asked only where a column of it gets the time.
    #[inline]
    pub(crate) fn of<M: Model>() -> Self {
        Self { now: const { M::TABLE.is_stamped() }.then(types::now) }
    }

    fn stamp(self, column: &ColumnDef) -> Option<Value<'static>> {
        column.managed.and(self.now).map(|now| types::timestamp(now, column))
    }
}

/// Sets one column that is not set yet. It knows the model, so that the compiler knows every column.
struct Fill<'v, M> {
    column: usize,
    value: Value<'v>,
    model: PhantomData<M>,
    /// Whether it did.
    result: Result<bool>,
}

impl<M: Model> Slots for Fill<'_, M> {
    #[inline]
    fn take<T: ColumnType>(&mut self, column: usize, field: &mut Option<T>) {
        if column == self.column && field.is_none() {
            let value = std::mem::replace(&mut self.value, Value::Null);
            self.result = types::decode(value, &M::TABLE.columns[column]).map(|value| {
                *field = Some(value);
                true
            });
        }
    }
}

/// Why there is no record of a draft that is not complete.
#[cold]
pub(crate) fn incomplete<M: Model>() -> Error {
    types::encode_error(Mismatch::new("a value", "none"), &M::TABLE.columns[0])
}

/// Sets what the runtime sets, and makes all values those that their columns give back.
struct Complete<M> {
    blanks: Blanks,
    /// Whether the id was set.
    with_id: bool,
    model: PhantomData<M>,
    error: Option<Error>,
}

impl<M: Model> Complete<M> {
    #[cold]
    fn refuse(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }
}

impl<M: Model> Slots for Complete<M> {
    #[inline]
    fn take<T: ColumnType>(&mut self, position: usize, field: &mut Option<T>) {
        let column = &M::TABLE.columns[position];
        if field.is_none() {
            // The first id that databases generate stands in for the one to come, so that every type of an id can be it.
            let stand_in = if Generated::<M>::is(position) {
                self.with_id = false;
                Some(Value::UInt(1))
            } else {
                self.blanks.stamp(column)
            };
            match stand_in.map(|value| types::decode(value, column)).transpose() {
                Ok(value) => *field = value,
                Err(error) => self.refuse(error),
            }
        }
        if let Err(mismatch) = T::complete(field, column) {
            self.refuse(types::encode_error(mismatch, column));
        }
    }
}
