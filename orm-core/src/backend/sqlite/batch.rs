//! Rows on their way from the thread to the caller: one vector of cells, one buffer of text, one of bytes.

use std::borrow::Cow;

use rusqlite::types::ValueRef;

use crate::driver::Cells;
use crate::value::Value;

/// Texts and blobs from this length on are handed over by move: copying them twice would cost more than allocating them.
const LONG: usize = 2_048;
/// Buffers that are kept for the next statement have at most this many cells and bytes.
const KEPT: usize = 8_192;

/// Some rows, one behind the other. Short texts share a buffer, so that a row costs no allocation on its way, and one that is decoded
/// to a date or a number none at all.
#[derive(Default)]
pub(super) struct Batch {
    /// The names of the columns: once, where they were asked for.
    pub(super) names: Option<Vec<String>>,
    /// Cells of a row.
    pub(super) width: usize,
    cells: Vec<Cell>,
    text: String,
    bytes: Vec<u8>,
}

enum Cell {
    Null,
    Int(i64),
    Real(f64),
    /// From here to there in the buffer of text.
    Text(usize, usize),
    /// From here to there in the buffer of bytes.
    Bytes(usize, usize),
    LongText(String),
    LongBytes(Vec<u8>),
}

impl Batch {
    /// Adds a cell by its storage class, and tells about how many bytes it takes.
    pub(super) fn push(&mut self, cell: ValueRef<'_>) -> usize {
        let (cell, size) = match cell {
            ValueRef::Null => (Cell::Null, 0),
            ValueRef::Integer(v) => (Cell::Int(v), 0),
            ValueRef::Real(v) => (Cell::Real(v), 0),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => (self.text(text), bytes.len()),
                // SQLite does not check its text; decoding says what is wrong with it.
                Err(_) => (self.bytes(bytes), bytes.len()),
            },
            ValueRef::Blob(bytes) => (self.bytes(bytes), bytes.len()),
        };
        self.cells.push(cell);
        size + size_of::<Cell>()
    }

    fn text(&mut self, text: &str) -> Cell {
        if text.len() >= LONG {
            return Cell::LongText(text.to_owned());
        }
        let start = self.text.len();
        self.text.push_str(text);
        Cell::Text(start, self.text.len())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Cell {
        if bytes.len() >= LONG {
            return Cell::LongBytes(bytes.to_vec());
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        Cell::Bytes(start, self.bytes.len())
    }

    /// Whether there are no rows in it.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The rows, to take the cells of.
    pub(super) fn rows(&mut self) -> impl Iterator<Item = BatchRow<'_>> {
        let (text, bytes) = (self.text.as_str(), self.bytes.as_slice());
        self.cells.chunks_mut(self.width.max(1)).map(move |cells| BatchRow { cells, text, bytes })
    }

    /// An empty one for more rows of the same statement, with as much room.
    pub(super) fn next(&self) -> Self {
        Self {
            names: None,
            width: self.width,
            cells: Vec::with_capacity(self.cells.len()),
            text: String::with_capacity(self.text.len()),
            bytes: Vec::with_capacity(self.bytes.len()),
        }
    }

    /// The same emptied, with its buffers where they are not too large to be kept.
    pub(super) fn into_spare(mut self) -> Self {
        if self.cells.capacity().max(self.text.capacity()).max(self.bytes.capacity()) > KEPT {
            return Self::default();
        }
        self.cells.clear();
        self.text.clear();
        self.bytes.clear();
        Self { names: None, width: 0, ..self }
    }
}

/// One row of a batch.
pub(super) struct BatchRow<'a> {
    cells: &'a mut [Cell],
    text: &'a str,
    bytes: &'a [u8],
}

impl Cells for BatchRow<'_> {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn is_null(&self, index: usize) -> bool {
        matches!(self.cells.get(index), None | Some(Cell::Null))
    }

    fn integer(&self, index: usize) -> Option<i128> {
        match self.cells.get(index) {
            Some(&Cell::Int(number)) => Some(number.into()),
            _ => None,
        }
    }

    fn take(&mut self, index: usize) -> Value<'_> {
        let Some(cell) = self.cells.get_mut(index) else {
            return Value::Null;
        };
        match std::mem::replace(cell, Cell::Null) {
            Cell::Null => Value::Null,
            Cell::Int(v) => Value::Int(v),
            Cell::Real(v) => Value::Double(v),
            Cell::Text(start, end) => Value::Text(Cow::Borrowed(&self.text[start..end])),
            Cell::Bytes(start, end) => Value::Bytes(Cow::Borrowed(&self.bytes[start..end])),
            Cell::LongText(text) => Value::Text(Cow::Owned(text)),
            Cell::LongBytes(bytes) => Value::Bytes(Cow::Owned(bytes)),
        }
    }
}
