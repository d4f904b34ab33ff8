//! The values of records as a statement's parameters, made when the driver asks for them.

use std::marker::PhantomData;
use std::ops::Range;

use crate::driver::{ParamSink, ParamSource};
use crate::error::{Error, Mismatch, Result};
use crate::model::{Generated, Model};
use crate::schema::Table;
use crate::sql::{Dialect, too_large};
use crate::types::{ColumnType, Values};
use crate::value::Value;

/// Records of whatever model, whose values are sent.
pub(super) trait Records: Send + Sync {
    /// Hands over what an INSERT of these sends.
    ///
    /// # Errors
    /// [`Error::Encode`] where a value does not fit its column.
    fn give(&self, which: Range<usize>, columns: Inserted, to: &mut dyn ParamSink) -> Result<()>;

    /// About how many bytes that has.
    fn bytes(&self, which: Range<usize>, columns: Inserted) -> usize;
}

/// Neighbours among records: what one INSERT sends.
#[derive(Clone)]
pub(super) struct Chunk<'r> {
    records: &'r dyn Records,
    which: Range<usize>,
    columns: Inserted,
    /// How many values a row has.
    width: usize,
}

impl<'r> Chunk<'r> {
    /// These of the records, of this table.
    pub(super) fn new(
        dialect: &'static dyn Dialect,
        table: &Table,
        records: &'r dyn Records,
        which: Range<usize>,
        with_id: bool,
    ) -> Self {
        let left_out = !with_id && table.auto_increment().is_some() && table.columns.len() > 1;
        let width = table.columns.len() - usize::from(left_out);
        Self { records, which, columns: Inserted { dialect, with_id }, width }
    }

    /// Whether no column is left to the database.
    pub(super) fn with_id(&self) -> bool {
        self.columns.with_id
    }

    /// How many they are.
    pub(super) fn rows(&self) -> usize {
        self.which.len()
    }

    /// How many values a row has.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// About how many bytes the values have.
    pub(super) fn bytes(&self) -> usize {
        self.records.bytes(self.which.clone(), self.columns)
    }

    /// Each by itself.
    pub(super) fn each(&self) -> impl Iterator<Item = Self> + use<'r> {
        let chunk = self.clone();
        self.which.clone().map(move |n| Self { which: n..n + 1, ..chunk.clone() })
    }

    /// Both, where the other comes right after this one.
    pub(super) fn join(&mut self, next: &Self) {
        debug_assert_eq!(self.which.end, next.which.start);
        self.which.end = next.which.end;
    }
}

impl ParamSource for Chunk<'_> {
    fn len(&self) -> usize {
        self.which.len() * self.width
    }

    fn give(&self, to: &mut dyn ParamSink) -> Result<()> {
        self.records.give(self.which.clone(), self.columns, to)
    }
}

/// Which columns an INSERT sends, and to which database.
#[derive(Clone, Copy)]
pub(super) struct Inserted {
    pub(super) dialect: &'static dyn Dialect,
    /// Whether none is left to the database.
    pub(super) with_id: bool,
}

/// Whether an INSERT sends the column at this position. One that the database generates is sent, as NULL, where it is the only one: an empty
/// list of columns is not portable.
#[inline]
pub(super) fn sends<M: Model>(with_id: bool, position: usize) -> bool {
    with_id || !Generated::<M>::is(position)
}

impl<M: Model> Records for Vec<M> {
    fn give(&self, which: Range<usize>, columns: Inserted, to: &mut dyn ParamSink) -> Result<()> {
        (&**self).give(which, columns, to)
    }

    fn bytes(&self, which: Range<usize>, columns: Inserted) -> usize {
        (&**self).bytes(which, columns)
    }
}

impl<M: Model> Records for &[M] {
    fn give(&self, which: Range<usize>, columns: Inserted, to: &mut dyn ParamSink) -> Result<()> {
        if !columns.with_id && M::TABLE.columns.len() == 1 && M::TABLE.auto_increment().is_some() {
            which.for_each(|_| to.null());
            return Ok(());
        }
        let mut give = Give::new(columns.dialect, to, |position| sends::<M>(columns.with_id, position));
        self[which].iter().try_for_each(|record| give.record(record))
    }

    fn bytes(&self, which: Range<usize>, columns: Inserted) -> usize {
        self[which].iter().map(|record| size(record, |position| sends::<M>(columns.with_id, position))).sum()
    }
}

/// Hands over the values of records. It knows the model, so that the compiler knows every column.
pub(super) struct Give<'g, M, W> {
    dialect: &'static dyn Dialect,
    /// The largest unsigned integer that the database holds exactly.
    max_unsigned: u64,
    to: &'g mut dyn ParamSink,
    /// Tells which columns.
    wanted: W,
    refused: Option<Refused>,
    model: PhantomData<M>,
}

/// A value that is not one of the column at this position.
struct Refused(usize, Option<Box<Mismatch>>);

impl<'g, M: Model, W: Fn(usize) -> bool> Give<'g, M, W> {
    pub(super) fn new(dialect: &'static dyn Dialect, to: &'g mut dyn ParamSink, wanted: W) -> Self {
        let max_unsigned = dialect.capabilities().max_unsigned;
        Self { dialect, max_unsigned, to, wanted, refused: None, model: PhantomData }
    }

    /// Those of one record.
    #[inline]
    pub(super) fn record(&mut self, record: &M) -> Result<()> {
        record.values(self);
        match self.refused.take() {
            None => Ok(()),
            Some(refused) => Err(self.error(refused)),
        }
    }

    #[cold]
    fn error(&self, Refused(position, mismatch): Refused) -> Error {
        let column = &M::TABLE.columns[position];
        match mismatch {
            Some(mismatch) => Error::Encode(mismatch.at(column.table, column.name)),
            None => too_large(self.dialect, column),
        }
    }

    #[cold]
    fn refuse(&mut self, position: usize, mismatch: Option<Box<Mismatch>>) {
        self.refused.get_or_insert(Refused(position, mismatch));
    }
}

impl<'r, M: Model, W: Fn(usize) -> bool> Values<'r> for Give<'_, M, W> {
    #[inline]
    fn take<T: ColumnType>(&mut self, position: usize, field: &'r T) {
        if !(self.wanted)(position) {
            return;
        }
        match field.encode(&M::TABLE.columns[position]) {
            Ok(Value::UInt(number)) if number > self.max_unsigned => self.refuse(position, None),
            Ok(value) => self.to.value(&value),
            Err(mismatch) => self.refuse(position, Some(mismatch)),
        }
    }
}

/// About how many bytes the wanted values of a record have.
#[inline]
pub(super) fn size<M: Model>(record: &M, wanted: impl Fn(usize) -> bool) -> usize {
    let mut size = Size { bytes: 0, wanted, model: PhantomData::<M> };
    record.values(&mut size);
    size.bytes
}

struct Size<M, W> {
    bytes: usize,
    wanted: W,
    model: PhantomData<M>,
}

impl<'r, M: Model, W: Fn(usize) -> bool> Values<'r> for Size<M, W> {
    #[inline]
    fn take<T: ColumnType>(&mut self, position: usize, field: &'r T) {
        if !(self.wanted)(position) {
            return;
        }
        let column = &M::TABLE.columns[position];
        // One that does not fit is refused when the statement is sent.
        self.bytes += match column.data_type.wire_size() {
            Some(size) => size,
            None => field.encode(column).map_or(0, |value| value.wire_size()),
        };
    }
}
