//! How the rows of a query are read.

use std::marker::PhantomData;

use crate::error::Result;
use crate::model::{Model, Row};
use crate::sql::select::Wanted;

/// Which columns a query asks for, and what it makes of a row of them. The result of a query is in this type's parameter.
#[doc(hidden)]
pub trait Plan<O>: Send + Sync {
    /// The positions of the columns, or all of them in their order.
    fn columns(&self) -> Option<&[usize]>;

    /// Makes one result of a row.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a cell is not of the wanted type.
    fn read(&self, row: &mut Row<'_>) -> Result<O>;
}

/// A row is a record of the model.
pub(super) struct Whole<M>(PhantomData<fn() -> M>);

impl<M> Whole<M> {
    pub(super) const NEW: Self = Self(PhantomData);
}

impl<M: Model> Plan<M> for Whole<M> {
    fn columns(&self) -> Option<&[usize]> {
        None
    }

    fn read(&self, row: &mut Row<'_>) -> Result<M> {
        M::from_row(row)
    }
}

/// What the plan of a query asks for.
pub(super) fn wanted<O>(plan: &dyn Plan<O>) -> Wanted<'_> {
    plan.columns().map_or(Wanted::All, Wanted::Columns)
}
