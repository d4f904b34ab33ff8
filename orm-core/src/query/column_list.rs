//! Columns that a verb is told to write.

use crate::model::{Column, add_each};

/// What [`bulk_update`](super::Record::bulk_update) takes as columns: one of the model `M`, a tuple or a `Vec` of such. Tuples nest, for more than
/// eight.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// use orm_core::query::ColumnList;
///
/// fn columns(columns: impl ColumnList<Book>) {}
///
/// columns(Book::TITLE);
/// columns((Book::TITLE, Book::LOANS));
/// columns((Book::TITLE, (Book::AUTHOR, Book::LOANS)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column of `{M}`",
    label = "expected a column of `{M}`, a tuple or a Vec of such"
)]
pub trait ColumnList<M> {
    /// The positions of the columns, added to those that are there.
    #[doc(hidden)]
    fn add_to(self, list: &mut Vec<usize>);
}

impl<M, T> ColumnList<M> for Column<M, T> {
    fn add_to(self, list: &mut Vec<usize>) {
        list.push(self.position());
    }
}

add_each! {
    ColumnList, Vec<usize>;
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
