//! DELETE of rows that a condition picks, and of one record.

use super::Query;
use super::statement::FixedStatement;
use super::update::{KeyValues, key_params};
use crate::db::{Call, Executor, Handle};
use crate::driver::{BoxFuture, NoRows};
use crate::error::Result;
use crate::model::Model;
use crate::sql::{Rows, fixed, select};

impl<M: Model, O: Send + 'static> Query<M, O> {
    /// Deletes the rows and says how many there were: one DELETE.
    ///
    /// With a limit or an offset the rows are picked by a subquery over the key. What foreign keys delete along is not counted.
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
    /// let gone = Book::find().filter(Book::LOANS.eq(0) & Book::TITLE.ne("Emma")).destroy(&db).await?;
    /// assert_eq!(gone, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingFilter`](crate::Error::MissingFilter) where no condition was given (or an empty list of them) and
    /// [`Query::everything`] was not said; whatever the database says.
    #[doc(alias = "delete")]
    pub fn destroy<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<u64>> {
        let meant = self.must_be_meant().map(|()| self.rows);
        destroy_rows(db.handle(), FixedStatement::of::<M>(|all| &all.destroy, fixed::destroy), meant)
    }
}

/// Deletes the rows. By key the statement is the one that deletes a record.
fn destroy_rows<'a>(
    handle: Handle<'a>,
    by_key: FixedStatement,
    rows: Result<Rows>,
) -> BoxFuture<'a, Result<u64>> {
    let table = by_key.table;
    let rows = match rows {
        Ok(rows) if rows.are_by_key(table) => return by_key.run(handle, KeyValues::of(handle, rows)),
        other => other,
    };
    Box::pin(async move {
        let statement = select::delete(handle.dialect(), table, rows?)?;
        Ok(handle.send(&Call::rendered(Some(table), &statement), &mut NoRows).await?.affected)
    })
}

/// Deletes the record's row.
pub(super) fn destroy_record<'a, M: Model>(handle: Handle<'a>, record: &'a M) -> BoxFuture<'a, Result<()>> {
    let mut key = Vec::with_capacity(M::TABLE.primary_key.len());
    let statement = FixedStatement::of::<M>(|all| &all.destroy, fixed::destroy);
    statement.write(handle, key_params(handle, record, &mut key).map(|()| key))
}
