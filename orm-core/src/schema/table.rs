//! A table with its key, indexes and foreign keys.

use super::{ColumnDef, DataType, ForeignKey};

/// All that is known of a model's table at compile time.
#[derive(Debug)]
#[non_exhaustive]
pub struct Table {
    /// The struct's name, `Note`.
    pub model: &'static str,
    /// The table's name, `notes`.
    pub name: &'static str,
    /// The columns, in the order of the fields.
    pub columns: &'static [ColumnDef],
    /// Positions of the key's columns.
    pub primary_key: &'static [usize],
    /// Indexes, unique or not, besides the primary key.
    pub indexes: &'static [Index],
    /// Foreign keys, in the order of the model's `belongs_to`.
    pub foreign_keys: &'static [ForeignKey],
    /// The join tables without a model of their own that this model's `many_to_many` name: made and dropped together with it.
    pub joins: &'static [fn() -> &'static Table],
}

/// An index over some columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Index {
    /// Its name in the database, `notes_title_idx`.
    pub name: &'static str,
    /// Positions of its columns.
    pub columns: &'static [usize],
    /// Whether two rows may have the same values.
    pub unique: bool,
}

impl Table {
    /// A table without indexes.
    ///
    /// # Panics
    /// At compile time, where the key is longer than the 768 characters that MySQL allows, or over a column that cannot be indexed.
    pub const fn new(
        model: &'static str,
        name: &'static str,
        columns: &'static [ColumnDef],
        primary_key: &'static [usize],
    ) -> Self {
        let table = Self { model, name, columns, primary_key, indexes: &[], foreign_keys: &[], joins: &[] };
        assert!(
            table.index_length(primary_key) <= 768,
            "this primary key is longer than 768 characters, which MySQL refuses: give its columns a smaller `size`"
        );
        table
    }

    /// The same with indexes.
    ///
    /// # Panics
    /// At compile time, where an index is longer than the 768 characters that MySQL allows, or over a column that cannot be indexed.
    #[must_use]
    pub const fn with_indexes(mut self, indexes: &'static [Index]) -> Self {
        let mut n = 0;
        while n < indexes.len() {
            assert!(
                self.index_length(indexes[n].columns) <= 768,
                "this index is longer than 768 characters, which MySQL refuses: give its columns a smaller `size`"
            );
            n += 1;
        }
        self.indexes = indexes;
        self
    }

    /// The same with foreign keys.
    #[must_use]
    pub const fn with_foreign_keys(mut self, foreign_keys: &'static [ForeignKey]) -> Self {
        self.foreign_keys = foreign_keys;
        self
    }

    /// The same with join tables that have no model.
    #[must_use]
    pub const fn with_joins(mut self, joins: &'static [fn() -> &'static Table]) -> Self {
        self.joins = joins;
        self
    }

    /// How many characters an index over these columns takes. Types in a database's own words are not counted.
    const fn index_length(&self, columns: &[usize]) -> u32 {
        let mut length = 0;
        let mut n = 0;
        while n < columns.len() {
            let column = &self.columns[columns[n]];
            if column.custom_type.is_none() {
                match column.data_type.index_length() {
                    Some(characters) => length += characters,
                    None => {
                        panic!("a column of unlimited length cannot be a key or indexed: give it a `size`")
                    }
                }
            }
            n += 1;
        }
        length
    }

    /// The column that the database generates, if there is one.
    pub const fn auto_increment(&self) -> Option<usize> {
        let mut n = 0;
        while n < self.columns.len() {
            if self.columns[n].auto_increment {
                return Some(n);
            }
            n += 1;
        }
        None
    }

    /// Whether a column gets the time by itself.
    pub(crate) const fn is_stamped(&self) -> bool {
        let mut n = 0;
        while n < self.columns.len() {
            if self.columns[n].managed.is_some() {
                return true;
            }
            n += 1;
        }
        false
    }

    /// The only column of the primary key, where it is an integer.
    pub(crate) fn integer_key(&self) -> Option<usize> {
        match *self.primary_key {
            [only] if matches!(self.columns[only].data_type, DataType::Integer { .. }) => Some(only),
            _ => None,
        }
    }

    /// Whether the column at this position is part of the primary key.
    pub fn is_key(&self, column: usize) -> bool {
        self.primary_key.contains(&column)
    }

    /// The columns of the primary key.
    pub fn key_columns(&self) -> impl Iterator<Item = &'static ColumnDef> {
        let columns = self.columns;
        self.primary_key.iter().map(move |&n| &columns[n])
    }
}

impl Index {
    /// An index over the columns at these positions.
    pub const fn new(name: &'static str, columns: &'static [usize], unique: bool) -> Self {
        Self { name, columns, unique }
    }
}
