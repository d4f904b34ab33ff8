//! What can be done with number columns.

use super::Column;
use crate::model::{Assignment, Model};
use crate::types::family::Numeric;
use crate::types::{ColumnType, IntoValue};

/// What can be done with numbers, in the database and therefore atomically.
impl<M: Model, T: ColumnType> Column<M, T> {
    /// The assignment `column = column + by`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let lent = Book::LOANS.increment(1);
    /// ```
    pub fn increment(self, by: impl IntoValue<T>) -> Assignment<M>
    where
        T::Family: Numeric,
    {
        Assignment::arithmetic(self.position, '+', by.into_value(self.def()))
    }

    /// The assignment `column = column - by`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let returned = Book::LOANS.decrement(1);
    /// ```
    pub fn decrement(self, by: impl IntoValue<T>) -> Assignment<M>
    where
        T::Family: Numeric,
    {
        Assignment::arithmetic(self.position, '-', by.into_value(self.def()))
    }
}
