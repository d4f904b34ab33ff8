//! Some columns instead of all: typed tuples and derived structs.

use std::marker::PhantomData;

use super::Plan;
use crate::error::Result;
use crate::model::{Column, Model, Row};
use crate::types::ColumnType;

/// A struct of some columns of a model. Derived: `#[derive(Projection)] #[projection(model = Note)]`.
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
/// # Book::bulk_create(&db, ["Emma", "Walden", "Utopia"].map(|title| Book::build().title(title))).await?;
/// #[derive(Projection, Debug)]
/// #[projection(model = Book)]
/// struct Card {
///     id: u64,
///     #[projection(column = title)]
///     name: String,
/// }
///
/// let cards = Book::find().select_as::<Card>().order_by(Book::ID).all(&db).await?;
/// // SELECT "id", "title" FROM "books" ORDER BY "id"
/// assert_eq!(cards[1].name, "Walden");
/// # Ok(())
/// # }
/// ```
#[doc(alias = "attributes")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "add #[derive(Projection)] and #[projection(model = ..)] to the struct"
)]
pub trait Projection: Sized + Send + 'static {
    /// The model whose columns these are.
    type Model: Model;

    /// The positions of the columns in the model's table.
    const COLUMNS: &'static [usize];

    /// Makes the struct of a row of those columns.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a cell is not of the field's type.
    fn from_row(row: &mut Row<'_>) -> Result<Self>;
}

/// Takes and decodes the n-th column of a projection.
///
/// # Errors
/// [`Error::Decode`](crate::Error::Decode) where the cell is not of this type.
#[doc(hidden)]
pub fn projected<P: Projection, T: ColumnType>(row: &mut Row<'_>, n: usize) -> Result<T> {
    row.column(n, &P::Model::TABLE.columns[P::COLUMNS[n]])
}

/// A row is a projection.
pub(super) struct Projected<P>(PhantomData<fn() -> P>);

impl<P> Projected<P> {
    pub(super) const NEW: Self = Self(PhantomData);
}

impl<P: Projection> Plan<P> for Projected<P> {
    fn columns(&self) -> Option<&[usize]> {
        Some(P::COLUMNS)
    }

    fn read(&self, row: &mut Row<'_>) -> Result<P> {
        P::from_row(row)
    }
}

/// What `select` takes: a column, or a tuple of columns of one model.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// let query = Book::find().select((Book::ID, Book::TITLE));   // a Query<Book, (u64, String)>
/// ```
#[doc(alias = "attributes")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not select columns of `{M}`",
    label = "expected a column of `{M}` or a tuple of such"
)]
pub trait Selection<M>: Send + Sync + 'static {
    /// What a row becomes: the column's type, or a tuple of them.
    type Output: Send + 'static;

    /// The positions of the columns.
    #[doc(hidden)]
    fn positions(&self) -> Vec<usize>;

    /// Makes the result of a row.
    #[doc(hidden)]
    fn read(&self, row: &mut Row<'_>) -> Result<Self::Output>;
}

impl<M: Model, T: ColumnType> Selection<M> for Column<M, T> {
    type Output = T;

    fn positions(&self) -> Vec<usize> {
        vec![self.position()]
    }

    fn read(&self, row: &mut Row<'_>) -> Result<T> {
        row.column(0, self.def())
    }
}

macro_rules! tuple {
    ($($type:ident $n:tt),+) => {
        impl<M: Model, $($type: ColumnType),+> Selection<M> for ($(Column<M, $type>,)+) {
            type Output = ($($type,)+);

            fn positions(&self) -> Vec<usize> {
                vec![$(self.$n.position()),+]
            }

            fn read(&self, row: &mut Row<'_>) -> Result<Self::Output> {
                Ok(($(row.column($n, self.$n.def())?,)+))
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

/// A row is a tuple of columns.
pub(super) struct Selected<S> {
    selection: S,
    positions: Vec<usize>,
}

impl<S> Selected<S> {
    pub(super) fn new<M>(selection: S) -> Self
    where
        S: Selection<M>,
    {
        Self { positions: selection.positions(), selection }
    }
}

/// [`Selected`] with the model it is of.
pub(super) struct SelectedOf<M, S>(pub(super) Selected<S>, pub(super) PhantomData<fn() -> M>);

impl<M: Model, S: Selection<M>> Plan<S::Output> for SelectedOf<M, S> {
    fn columns(&self) -> Option<&[usize]> {
        Some(&self.0.positions)
    }

    fn read(&self, row: &mut Row<'_>) -> Result<S::Output> {
        self.0.selection.read(row)
    }
}
