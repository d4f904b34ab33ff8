//! Some columns instead of all: typed tuples and derived structs.

use std::borrow::Cow;
use std::marker::PhantomData;

use super::plan::{Hidden, Keys, Plan};
use crate::driver::Cells;
use crate::error::Result;
use crate::model::{Column, Model, Row};
use crate::sql::select::Wanted;
use crate::sql::tree::{Output, Tree};
use crate::types::ColumnType;
use crate::value::Value;

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
pub trait Projection: Sized + Send + Sync + 'static {
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
    type Output: Send + Sync + 'static;

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

/// A row is some columns of the table, and what `read` makes of them.
pub(crate) struct Chosen<M, O, R> {
    positions: Cow<'static, [usize]>,
    read: R,
    at: usize,
    rows: Vec<O>,
    hidden: Hidden,
    model: PhantomData<fn() -> M>,
}

/// The columns of a selection.
pub(crate) fn selected<M: Model, S: Selection<M>>(selection: S) -> Box<dyn Plan<S::Output>> {
    let positions = selection.positions().into();
    Chosen::<M, _, _>::boxed(positions, move |row: &mut Row<'_>| selection.read(row))
}

/// The columns of a projection.
pub(crate) fn of_projection<P: Projection>() -> Box<dyn Plan<P>> {
    Chosen::<P::Model, _, _>::boxed(P::COLUMNS.into(), P::from_row)
}

impl<M, O, R> Chosen<M, O, R>
where
    M: Model,
    O: Send + Sync + 'static,
    R: Fn(&mut Row<'_>) -> Result<O> + Send + Sync + 'static,
{
    fn boxed(positions: Cow<'static, [usize]>, read: R) -> Box<dyn Plan<O>> {
        let hidden = Hidden::of::<M>();
        Box::new(Self { positions, read, at: 0, rows: Vec::new(), hidden, model: PhantomData })
    }
}

impl<M: Model, O: Send + Sync, R: Send + Sync> Keys for Chosen<M, O, R> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn key<'k>(&'k self, row: usize, column: usize, to: &mut Result<Value<'k>>) {
        *to = Ok(self.hidden.key(row, column));
    }
}

impl<M, O, R> Plan<O> for Chosen<M, O, R>
where
    M: Model,
    O: Send + Sync,
    R: Fn(&mut Row<'_>) -> Result<O> + Send + Sync,
{
    fn wanted(&self) -> Option<Wanted<'_>> {
        Some(Wanted::Columns(&self.positions))
    }

    fn is_whole(&self) -> bool {
        false
    }

    fn need(&mut self, columns: &[usize]) {
        self.hidden.need(columns);
    }

    fn ask(&mut self, tree: &mut Tree, node: usize) {
        self.at = tree.outputs.len();
        let columns = self.positions.iter().map(|&n| Output { node, column: &M::TABLE.columns[n] });
        tree.outputs.extend(columns);
        self.hidden.ask(tree, node);
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<()> {
        self.rows.push((self.read)(&mut Row::new(cells, self.at))?);
        self.hidden.row(cells)
    }

    fn finish(&mut self) -> Result<Vec<O>> {
        self.hidden.clear();
        Ok(std::mem::take(&mut self.rows))
    }

    fn take_last(&mut self) -> Result<Option<O>> {
        self.hidden.clear();
        Ok(self.rows.pop())
    }
}
