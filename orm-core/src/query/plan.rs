//! How the rows of a query are read, and what is made of them.

use crate::db::Handle;
use crate::driver::{BoxFuture, Cells};
use crate::error::Result;
use crate::model::{Key, Model, Row, push_record, write_value};
use crate::schema::ColumnDef;
use crate::sql::Expr;
use crate::sql::select::Wanted;
use crate::sql::tree::{Output, Tree};
use crate::value::Value;

/// The values of some columns of the rows that were read, so that others can be matched to them.
#[doc(hidden)]
pub trait Keys: Send + Sync {
    /// How many rows were read.
    fn count(&self) -> usize;

    /// Writes the value of a column in one of them to this place: any of a whole record, else one that was asked for by [`Plan::need`].
    /// Given back it would be moved, which takes longer than what is done with it. An error where the value does not encode.
    fn key<'k>(&'k self, row: usize, column: usize, to: &mut Result<Value<'k>>);
}

/// Which columns a query asks for, and what it makes of its rows. The result of a query is in this type's parameter.
///
/// It is asked in this order: `need`, `ask`, `row` for each row, `all_read`, `load`, `finish`. After `finish` it can read more rows.
#[doc(hidden)]
pub trait Plan<O>: Keys {
    /// What it asks for, where that is columns of the one table and nothing besides. Then `ask` need not be called.
    fn wanted(&self) -> Option<Wanted<'_>>;

    /// Whether a row is a whole record, so that [`Keys::key`] knows every column.
    fn is_whole(&self) -> bool;

    /// Makes these columns known to [`Keys::key`].
    fn need(&mut self, columns: &[usize]);

    /// Adds what it asks for to the statement, for the table at this node.
    fn ask(&mut self, tree: &mut Tree, node: usize);

    /// Adds the conditions under which a row counts, beyond the query's own.
    fn narrow(&self, _filter: &mut Vec<Expr>) {}

    /// Whether it reads the row of the join table too.
    fn wants_join_row(&self) -> bool {
        false
    }

    /// Tells where the columns of the join table stand.
    fn place_join_row(&mut self, _at: usize) {}

    /// Reads its part of a row.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a cell is not of the wanted type.
    fn row(&mut self, cells: &mut dyn Cells) -> Result<()>;

    /// Says that no further row comes before `finish`: room that was kept for more is given back.
    fn all_read(&mut self) {}

    /// Whether `load` sends anything.
    fn loads(&self) -> bool {
        false
    }

    /// Sends what further statements it takes.
    fn load<'a>(&'a mut self, _handle: Handle<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// Whether it can put what became of rows in the order of their keys.
    fn sorts(&self) -> bool {
        false
    }

    /// Puts it in that order. Only where it [`sorts`](Plan::sorts).
    fn sort(&self, _rows: &mut [O]) {}

    /// Hands out what became of the rows, in their order.
    ///
    /// # Errors
    /// Where a row that must be there is missing.
    fn finish(&mut self) -> Result<Vec<O>>;

    /// Takes room for what becomes of the rows that come next: what was handed out before, and is empty by now.
    fn reuse(&mut self, _room: Vec<O>) {}

    /// Takes back what became of the last row. Only where `load` sends nothing.
    ///
    /// # Errors
    /// As [`Plan::finish`].
    fn take_last(&mut self) -> Result<Option<O>> {
        Ok(self.finish()?.pop())
    }
}

/// A row is a record of the model.
pub(crate) struct Whole<M> {
    records: Vec<M>,
    at: usize,
}

impl<M> Whole<M> {
    pub(crate) const fn new() -> Self {
        Self { records: Vec::new(), at: 0 }
    }

    /// The same, with room for one row.
    pub(super) fn one() -> Self {
        Self { records: Vec::with_capacity(1), at: 0 }
    }

    /// The same, with its columns from this position on.
    pub(crate) fn place(&mut self, at: usize) {
        self.at = at;
    }
}

impl<M: Model> Keys for Whole<M> {
    fn count(&self) -> usize {
        self.records.len()
    }

    #[inline]
    fn key<'k>(&'k self, row: usize, column: usize, to: &mut Result<Value<'k>>) {
        write_value(&self.records[row], column, to);
    }
}

impl<M: Model> Plan<M> for Whole<M> {
    fn wanted(&self) -> Option<Wanted<'_>> {
        Some(Wanted::All)
    }

    fn is_whole(&self) -> bool {
        true
    }

    fn need(&mut self, _columns: &[usize]) {}

    fn ask(&mut self, tree: &mut Tree, node: usize) {
        self.at = tree.outputs.len();
        tree.outputs.extend(M::TABLE.columns.iter().map(|column| Output { node, column }));
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<()> {
        push_record(&mut Row::new(cells, self.at), &mut self.records)
    }

    fn all_read(&mut self) {
        self.records.shrink_to_fit();
    }

    fn sorts(&self) -> bool {
        M::TABLE.integer_key().is_some()
    }

    fn sort(&self, rows: &mut [M]) {
        let key = M::TABLE.primary_key[0];
        rows.sort_by_cached_key(|record| {
            let mut value = Ok(Value::Null);
            write_value(record, key, &mut value);
            value.ok().and_then(|value| value.as_integer())
        });
    }

    fn finish(&mut self) -> Result<Vec<M>> {
        Ok(std::mem::take(&mut self.records))
    }

    fn reuse(&mut self, mut room: Vec<M>) {
        room.clear();
        self.records = room;
    }

    fn take_last(&mut self) -> Result<Option<M>> {
        Ok(self.records.pop())
    }
}

/// Columns that are read besides those that the result shows, to match other rows by.
pub(super) struct Hidden {
    table: &'static crate::schema::Table,
    /// The value of a column of the primary key, in the form that this program writes it in.
    normal: fn(usize, Value<'_>, &ColumnDef) -> Result<Value<'static>>,
    columns: Vec<usize>,
    at: usize,
    values: Vec<Value<'static>>,
}

impl Hidden {
    pub(super) fn of<M: Model>() -> Self {
        Self {
            table: M::TABLE,
            normal: <M::Key as Key>::normal,
            columns: Vec::new(),
            at: 0,
            values: Vec::new(),
        }
    }

    pub(super) fn need(&mut self, columns: &[usize]) {
        for column in columns {
            if !self.columns.contains(column) {
                self.columns.push(*column);
            }
        }
    }

    pub(super) fn ask(&mut self, tree: &mut Tree, node: usize) {
        self.at = tree.outputs.len();
        let columns = self.columns.iter().map(|&n| Output { node, column: &self.table.columns[n] });
        tree.outputs.extend(columns);
    }

    pub(super) fn row(&mut self, cells: &mut dyn Cells) -> Result<()> {
        for (n, &column) in self.columns.iter().enumerate() {
            let value = cells.take(self.at + n);
            let part = self.table.primary_key.iter().position(|key| *key == column);
            self.values.push(match part {
                Some(part) => (self.normal)(part, value, &self.table.columns[column])?,
                None => value.into_owned(),
            });
        }
        Ok(())
    }

    pub(super) fn key(&self, row: usize, column: usize) -> Value<'_> {
        match self.columns.iter().position(|hidden| *hidden == column) {
            Some(n) => self.values[row * self.columns.len() + n].borrow(),
            None => Value::Null,
        }
    }

    pub(super) fn clear(&mut self) {
        self.values.clear();
    }
}
