//! Counting, adding up, the smallest and the largest.

use super::Query;
use super::sink::Cell;
use super::statement::FixedStatement;
use crate::db::{Call, Executor, Handle};
use crate::driver::{BoxFuture, Cells, Flow, RowSink};
use crate::error::{Error, Mismatch, Result};
use crate::model::{Column, Model};
use crate::schema::ColumnDef;
use crate::sql::select::{Wanted, select};
use crate::sql::{Rows, fixed};
use crate::types::family::{Numeric, Ordered};
use crate::types::{self, ColumnType, Nullable};

/// The average that values of the column have.
type AverageOf<T> = <<T as ColumnType>::Family as Numeric>::Average;
/// The sum that values of the column have.
type SumOf<T> = <<T as ColumnType>::Family as Numeric>::Sum;

/// The result of COUNT.
static COUNT: ColumnDef = ColumnDef::new("", "count", "count", u64::DATA_TYPE, false);

pub(super) async fn count<M: Model>(handle: Handle<'_>, mut rows: Rows) -> Result<u64> {
    let mut sink = Cell::<u64>::new(&COUNT);
    if rows.is_plain() {
        FixedStatement::of::<M>(|all| &all.count, fixed::count).read(handle, Vec::new(), &mut sink).await?;
    } else {
        rows.order.clear();
        let statement = select(handle.dialect(), M::TABLE, Wanted::Count, rows)?;
        let call = Call::rendered(Some(M::TABLE), &statement);
        handle.run(&call, &mut sink).await?;
    }
    Ok(sink.value.unwrap_or(0))
}

impl<M: Model, O: Send + 'static> Query<M, O> {
    /// The smallest value of the column, `None` where there is none: one SELECT. NULLs do not count.
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
    /// assert_eq!(Book::find().min(&db, Book::TITLE).await?, Some("Emma".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn min<T: Nullable, E: Executor + ?Sized>(
        self,
        db: &E,
        column: Column<M, T>,
    ) -> BoxFuture<'_, Result<Option<T::Plain>>>
    where
        T::Family: Ordered,
    {
        let handle = self.reader(db);
        Box::pin(self.extreme("MIN", handle, column.def()))
    }

    /// The largest value of the column, `None` where there is none: one SELECT. NULLs do not count.
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
    /// assert_eq!(Book::find().max(&db, Book::ID).await?, Some(3));
    /// assert_eq!(Book::find().max(&db, Book::AUTHOR).await?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn max<T: Nullable, E: Executor + ?Sized>(
        self,
        db: &E,
        column: Column<M, T>,
    ) -> BoxFuture<'_, Result<Option<T::Plain>>>
    where
        T::Family: Ordered,
    {
        let handle = self.reader(db);
        Box::pin(self.extreme("MAX", handle, column.def()))
    }

    /// The sum of the column, `None` where there is nothing to add: one SELECT. `i64` or `u64` for integers, `f64` for floats, `Decimal` for decimals.
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
    /// let ids: Option<u64> = Book::find().sum(&db, Book::ID).await?;
    /// assert_eq!(ids, Some(6));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`] where an integer sum is out of range; whatever the database says.
    pub fn sum<T: ColumnType, E: Executor + ?Sized>(
        self,
        db: &E,
        column: Column<M, T>,
    ) -> BoxFuture<'_, Result<Option<SumOf<T>>>>
    where
        T::Family: Numeric,
    {
        let handle = self.reader(db);
        Box::pin(self.numeric("SUM", handle, column.def()))
    }

    /// The average of the column, `None` where there is nothing: one SELECT. `f64`, or `Decimal` for decimals.
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
    /// assert_eq!(Book::find().filter(Book::ID.gt(1)).avg(&db, Book::ID).await?, Some(2.5));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "average")]
    pub fn avg<T: ColumnType, E: Executor + ?Sized>(
        self,
        db: &E,
        column: Column<M, T>,
    ) -> BoxFuture<'_, Result<Option<AverageOf<T>>>>
    where
        T::Family: Numeric,
    {
        let handle = self.reader(db);
        Box::pin(self.numeric("AVG", handle, column.def()))
    }

    async fn extreme<T: types::Scalar>(
        self,
        function: &'static str,
        handle: Handle<'_>,
        column: &'static ColumnDef,
    ) -> Result<Option<T>> {
        let mut sink = Cell::<Option<T>>::new(column);
        self.aggregate(function, handle, column, &mut sink).await?;
        Ok(sink.value.flatten())
    }

    async fn numeric<T: ColumnType>(
        self,
        function: &'static str,
        handle: Handle<'_>,
        column: &'static ColumnDef,
    ) -> Result<Option<T>> {
        let mut sink = Total { column, value: None };
        match self.aggregate(function, handle, column, &mut sink).await {
            // The servers add up in more digits and leave the refusal to us; SQLite does not.
            Err(Error::OutOfRange(_)) => Err(Error::Decode(
                Mismatch::new("a sum of up to 64 bits", "a larger one").at(column.table, column.name),
            )),
            done => done.map(|()| sink.value),
        }
    }

    async fn aggregate(
        self,
        function: &'static str,
        handle: Handle<'_>,
        column: &'static ColumnDef,
        sink: &mut dyn RowSink,
    ) -> Result<()> {
        let mut rows = self.counted()?;
        // Which rows a page holds depends on the order; what all rows come to does not.
        if !rows.is_paged() {
            rows.order.clear();
        }
        let statement = select(handle.dialect(), M::TABLE, Wanted::Aggregate(function, column), rows)?;
        let call = Call::rendered(Some(M::TABLE), &statement);
        handle.run(&call, sink).await?;
        Ok(())
    }
}

/// Keeps a sum or an average, which servers hand over in types of their own.
struct Total<T> {
    column: &'static ColumnDef,
    value: Option<T>,
}

impl<T: ColumnType> RowSink for Total<T> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        let value = cells.take(0);
        if !value.is_null() {
            let decoded = types::decode_sum(value);
            self.value = Some(
                decoded
                    .map_err(|mismatch| Error::Decode(mismatch.at(self.column.table, self.column.name)))?,
            );
        }
        Ok(Flow::Continue)
    }
}
