//! Queries: which rows, in which order, and what each becomes.

use std::fmt;
use std::marker::PhantomData;

use super::Plan;
use super::plan::Whole;
use super::projection::{Projected, Projection, Selected, SelectedOf, Selection};
use super::sink::{Collect, Tally};
use super::stream::RowStream;
use crate::db::{Call, CallStatement, Executor, Handle};
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::model::{Expr, Model, OrderBy};
use crate::sql::select::{Wanted, select};
use crate::sql::{Rows, fixed};

/// Rows of the model `M`, each of which becomes an `O`: a record, or what was selected of it.
///
/// Nothing is sent until a verb is called: `all`, `one`, `count`, `stream`, `update`, `destroy` and so on.
/// Filtering, ordering and paging do not change the type, so a query can be built up in `if`s.
#[must_use = "a query sends nothing until a verb such as `all` is called"]
pub struct Query<M: Model, O = M> {
    pub(super) rows: Rows,
    pub(super) everything: bool,
    pub(super) plan: Box<dyn Plan<O>>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, O> fmt::Debug for Query<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("table", &M::TABLE.name).finish_non_exhaustive()
    }
}

impl<M: Model> Query<M> {
    pub(super) fn new() -> Self {
        Self { rows: Rows::default(), everything: false, plan: Box::new(Whole::NEW), model: PhantomData }
    }

    /// Asks for some columns instead of all. A row becomes the column's type, or a tuple of them.
    #[doc(alias = "attributes")]
    pub fn select<S: Selection<M>>(self, columns: S) -> Query<M, S::Output> {
        self.with_plan(Box::new(SelectedOf(Selected::new(columns), PhantomData)))
    }

    /// Asks for the columns of a struct that derives [`Projection`].
    #[doc(alias = "attributes")]
    pub fn select_as<P: Projection<Model = M>>(self) -> Query<M, P> {
        self.with_plan(Box::new(Projected::NEW))
    }

    fn with_plan<O>(self, plan: Box<dyn Plan<O>>) -> Query<M, O> {
        Query { rows: self.rows, everything: self.everything, plan, model: PhantomData }
    }
}

impl<M: Model, O: Send + 'static> Query<M, O> {
    /// Only rows that meet the condition. Given twice, both must be met.
    #[doc(alias = "where")]
    pub fn filter(mut self, condition: Expr<M>) -> Self {
        self.rows.filter.push(condition.into_node());
        self
    }

    /// The same where there is a condition; nothing where there is none.
    pub fn filter_some(self, condition: Option<Expr<M>>) -> Self {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }

    /// In this order: a column, `.asc()` or `.desc()` of one, a tuple or a `Vec` of these. Given twice, the first comes first.
    #[doc(alias = "order")]
    pub fn order_by(mut self, order: impl OrderBy<M>) -> Self {
        order.add_to(&mut self.rows.order);
        self
    }

    /// At most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.rows.limit = Some(rows);
        self
    }

    /// Leaves this many rows out first.
    pub fn offset(mut self, rows: u64) -> Self {
        self.rows.offset = Some(rows);
        self
    }

    /// Says that an `update` or `destroy` without a condition means the whole table.
    pub fn everything(mut self) -> Self {
        self.everything = true;
        self
    }

    /// All rows: one SELECT.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a cell is not of the field's type; whatever the database says.
    #[doc(alias = "findAll")]
    pub fn all<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<Vec<O>>> {
        Box::pin(self.fetch(db.handle()))
    }

    /// The first row, if there is one: one SELECT with `LIMIT 1`, which is left out where the key is pinned.
    ///
    /// # Errors
    /// As [`Query::all`].
    #[doc(alias = "findOne")]
    pub fn one<E: Executor + ?Sized>(mut self, db: &E) -> BoxFuture<'_, Result<Option<O>>> {
        let handle = db.handle();
        if !self.rows.pins_key(M::TABLE) || self.rows.offset.is_some() || self.rows.limit == Some(0) {
            self.rows.limit = Some(self.rows.limit.map_or(1, |limit| limit.min(1)));
        }
        Box::pin(async move { Ok(self.fetch(handle).await?.into_iter().next()) })
    }

    /// How many rows there are, a limit and an offset included: one SELECT.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn count<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<u64>> {
        Box::pin(super::aggregate::count::<M>(db.handle(), self.rows))
    }

    /// Whether there is a row at all: one SELECT with `LIMIT 1`.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn exists<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<bool>> {
        Box::pin(exists::<M>(db.handle(), self.rows))
    }

    /// The rows of this page and how many there are on all pages: two SELECTs, the second without limit, offset and order.
    ///
    /// The two are not one snapshot: call it in a transaction where that matters.
    ///
    /// # Errors
    /// As [`Query::all`].
    #[doc(alias = "findAndCountAll")]
    pub fn find_and_count<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<(Vec<O>, u64)>> {
        let handle = db.handle();
        Box::pin(async move {
            let everything = Rows { filter: self.rows.filter.clone(), ..Rows::default() };
            let rows = self.fetch(handle).await?;
            let total = super::aggregate::count::<M>(handle, everything).await?;
            Ok((rows, total))
        })
    }

    /// The rows as they arrive, in constant memory: one SELECT. A transaction can send nothing else while a stream of it is open.
    pub fn stream<E: Executor + ?Sized>(self, db: &E) -> RowStream<'_, O> {
        RowStream::new::<M>(self, db.handle())
    }

    async fn fetch(self, handle: Handle<'_>) -> Result<Vec<O>> {
        let mut sink = Collect::new(&*self.plan);
        let table = Some(M::TABLE);
        if self.rows.is_plain() && self.plan.columns().is_none() {
            let statement = CallStatement::Fixed(&M::statements().find_all, &|dialect| {
                fixed::find_all(dialect, M::TABLE)
            });
            handle.run(Call { table, statement }, Vec::new(), &mut sink).await?;
        } else {
            let statement = select(handle.dialect(), M::TABLE, wanted(&*self.plan), self.rows)?;
            let call = Call { table, statement: CallStatement::Dynamic(&statement.sql) };
            handle.run(call, statement.params, &mut sink).await?;
        }
        Ok(sink.rows)
    }
}

/// What the plan of a query asks for.
pub(super) fn wanted<O>(plan: &dyn Plan<O>) -> Wanted<'_> {
    plan.columns().map_or(Wanted::All, Wanted::Columns)
}

/// Whether there is a row at all.
pub(super) async fn exists<M: Model>(handle: Handle<'_>, mut rows: Rows) -> Result<bool> {
    rows.limit = Some(rows.limit.map_or(1, |limit| limit.min(1)));
    rows.order.clear();
    let statement = select(handle.dialect(), M::TABLE, Wanted::Existence, rows)?;
    let mut found = Tally::default();
    let call = Call { table: Some(M::TABLE), statement: CallStatement::Dynamic(&statement.sql) };
    handle.run(call, statement.params, &mut found).await?;
    Ok(found.0 > 0)
}
