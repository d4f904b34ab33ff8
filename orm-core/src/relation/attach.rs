//! What an include adds to the rows of a query.

use crate::db::Handle;
use crate::driver::{BoxFuture, Cells};
use crate::error::Result;
use crate::model::Model;
use crate::query::{Keys, Plan};
use crate::sql::Expr;
use crate::sql::select::Wanted;
use crate::sql::tree::Tree;
use crate::value::Value;

/// What an include reads, for each row an `X`. It is asked in the order of [`Plan`].
#[doc(hidden)]
pub trait Attach<X>: Send + Sync {
    /// The columns of the near rows that `load` matches by.
    fn near(&self) -> &[usize] {
        &[]
    }

    /// Adds to the statement of the near rows, which are at this node of it.
    fn ask(&mut self, tree: &mut Tree, node: usize);

    /// Adds the conditions under which a near row counts.
    fn narrow(&self, _filter: &mut Vec<Expr>) {}

    /// Whether it reads the row of the join table too.
    fn wants_join_row(&self) -> bool {
        false
    }

    /// Tells where the columns of the join table stand.
    fn place_join_row(&mut self, _at: usize) {}

    /// Reads its part of a near row.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a cell is not of the wanted type.
    fn row(&mut self, _cells: &mut dyn Cells) -> Result<()> {
        Ok(())
    }

    /// Whether `load` sends anything.
    fn loads(&self) -> bool;

    /// Sends what further statements it takes, for these near rows.
    fn load<'a>(&'a mut self, handle: Handle<'a>, near: &'a dyn Keys) -> BoxFuture<'a, Result<()>>;

    /// Hands out what belongs to each near row, in their order.
    ///
    /// # Errors
    /// Where a row that must be there is missing.
    fn finish(&mut self) -> Result<Vec<X>>;
}

/// What a further include makes of a result: a tuple, longer by one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "nothing more can be included beside a `{Self}`",
    label = "up to eight associations can be included side by side, beside a record or a tuple of columns",
    note = "load the others afterwards: `User::TASKS.load(&db, &users)`"
)]
pub trait Append<X>: Sized + Send + Sync + 'static {
    /// The result with it.
    type Out: Send + Sync + 'static;

    /// Adds it.
    fn append(self, included: X) -> Self::Out;
}

#[diagnostic::do_not_recommend]
impl<M: Model, X: Send + Sync + 'static> Append<X> for M {
    type Out = (M, X);

    fn append(self, included: X) -> (M, X) {
        (self, included)
    }
}

macro_rules! tuple {
    ($($type:ident $n:tt),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($type: Send + Sync + 'static,)+ X: Send + Sync + 'static> Append<X> for ($($type,)+) {
            type Out = ($($type,)+ X);

            fn append(self, included: X) -> Self::Out {
                ($(self.$n,)+ included)
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

/// A plan and what is included beside it.
pub(super) struct Appended<A, X> {
    near: Box<dyn Plan<A>>,
    included: Box<dyn Attach<X>>,
}

impl<A: Append<X>, X: Send + Sync + 'static> Appended<A, X> {
    pub(super) fn boxed(near: Box<dyn Plan<A>>, included: Box<dyn Attach<X>>) -> Box<dyn Plan<A::Out>> {
        Box::new(Self { near, included })
    }
}

impl<A, X> Keys for Appended<A, X> {
    fn count(&self) -> usize {
        self.near.count()
    }

    fn key<'k>(&'k self, row: usize, column: usize, to: &mut Result<Value<'k>>) {
        self.near.key(row, column, to);
    }
}

impl<A: Append<X>, X> Plan<A::Out> for Appended<A, X> {
    fn wanted(&self) -> Option<Wanted<'_>> {
        None
    }

    fn is_whole(&self) -> bool {
        self.near.is_whole()
    }

    fn need(&mut self, columns: &[usize]) {
        self.near.need(columns);
    }

    fn ask(&mut self, tree: &mut Tree, node: usize) {
        self.near.need(self.included.near());
        self.near.ask(tree, node);
        self.included.ask(tree, node);
    }

    fn narrow(&self, filter: &mut Vec<Expr>) {
        self.near.narrow(filter);
        self.included.narrow(filter);
    }

    fn wants_join_row(&self) -> bool {
        self.near.wants_join_row() || self.included.wants_join_row()
    }

    fn place_join_row(&mut self, at: usize) {
        self.near.place_join_row(at);
        self.included.place_join_row(at);
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<()> {
        self.near.row(cells)?;
        self.included.row(cells)
    }

    fn all_read(&mut self) {
        self.near.all_read();
    }

    fn loads(&self) -> bool {
        self.near.loads() || self.included.loads()
    }

    fn load<'a>(&'a mut self, handle: Handle<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if self.near.loads() {
                self.near.load(handle).await?;
            }
            if self.included.loads() {
                self.near.all_read();
                self.included.load(handle, &*self.near).await?;
            }
            Ok(())
        })
    }

    fn finish(&mut self) -> Result<Vec<A::Out>> {
        let included = self.included.finish()?;
        let near = self.near.finish()?;
        Ok(near.into_iter().zip(included).map(|(near, included)| near.append(included)).collect())
    }
}
