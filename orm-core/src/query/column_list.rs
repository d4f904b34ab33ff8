//! Columns that a verb is told to write.

use crate::model::Column;

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

impl<M, L: ColumnList<M>> ColumnList<M> for Vec<L> {
    fn add_to(self, list: &mut Vec<usize>) {
        for columns in self {
            columns.add_to(list);
        }
    }
}

macro_rules! tuple {
    ($($type:ident $n:tt),+) => {
        impl<M, $($type: ColumnList<M>),+> ColumnList<M> for ($($type,)+) {
            fn add_to(self, list: &mut Vec<usize>) {
                $(self.$n.add_to(list);)+
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
