//! DELETE of rows that a condition picks, and of one record.

use super::Query;
use super::statement::FixedStatement;
use super::update::key_params;
use crate::db::{Call, Executor, Handle};
use crate::driver::{BoxFuture, NoRows};
use crate::error::Result;
use crate::model::Model;
use crate::sql::{fixed, select};

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
        let handle = db.handle();
        Box::pin(async move {
            self.must_be_meant()?;
            let statement = select::delete(handle.dialect(), M::TABLE, self.rows)?;
            let call = Call::rendered(Some(M::TABLE), &statement);
            Ok(handle.run(&call, &mut NoRows).await?.affected)
        })
    }
}

/// Deletes the record's row.
pub(super) fn destroy_record<'a, M: Model>(handle: Handle<'a>, record: &'a M) -> BoxFuture<'a, Result<()>> {
    let mut key = Vec::with_capacity(M::TABLE.primary_key.len());
    let statement = FixedStatement::of::<M>(|all| &all.destroy, fixed::destroy);
    statement.write(handle, key_params(handle, record, &mut key).map(|()| key))
}
