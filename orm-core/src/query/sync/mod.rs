//! Creating, dropping and emptying tables. On a [`Db`] only: inside a transaction the servers would commit it silently.

mod create;
mod look;
mod order;
mod remove;

use crate::db::{Db, Handle, Transaction};
use crate::driver::{BoxFuture, Pending};
use crate::error::{Error, Result};
use crate::schema::Table;

use look::position;

impl Db {
    /// Creates the tables where they do not exist, with their indexes and foreign keys: for each `CREATE TABLE IF NOT EXISTS`, then what
    /// indexes are missing. Besides that, a table that exists is not altered.
    ///
    /// Tables that others refer to come first, whatever the order of the list. Where tables refer to each other, MySQL and MariaDB take one
    /// of the foreign keys only afterwards, by `ALTER TABLE .. ADD CONSTRAINT`; it is added later, too, if an earlier call came to no end.
    /// A join table that a `many_to_many` names by a text is created when both its ends are in the list or exist.
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
    /// # #[derive(Model, Clone)] struct Reader { id: u64 }
    /// db.sync(&[Book::TABLE, Reader::TABLE]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::TableMissing`] where a table refers to one that is neither in the list nor there, before anything is created; whatever the
    /// database says.
    #[doc(alias = "sequelize.sync")]
    pub fn sync<'a>(&'a self, tables: &'a [&'static Table]) -> Pending<'a, ()> {
        Pending::new(create::create(Handle::Db(self), tables))
    }

    /// Drops the tables with all their rows and creates them anew, and so it does with the join tables that they name by a text.
    ///
    /// They are dropped in the reverse order of [`Db::sync`]. Where tables refer to each other, MySQL and MariaDB first drop the foreign keys that
    /// close the ring, by `ALTER TABLE .. DROP FOREIGN KEY`. On SQLite all of it is one transaction, with `PRAGMA defer_foreign_keys`.
    /// Foreign keys are never switched off.
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
    /// # #[derive(Model, Clone)] struct Reader { id: u64 }
    /// db.sync_force(&[Book::TABLE, Reader::TABLE]).await?;
    /// assert_eq!(Book::find().count(&db).await?, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Before anything is dropped: [`Error::TableReferenced`] where a table that is not in the list refers to one that is, and
    /// [`Error::TableMissing`] as of [`Db::sync`]. Whatever the database says.
    #[doc(alias = "force")]
    pub fn sync_force<'a>(&'a self, tables: &'a [&'static Table]) -> Pending<'a, ()> {
        Pending::new(together(self, tables, remove::closed, remove::replace))
    }

    /// Drops a table where it exists: one look whether others refer to it, then `DROP TABLE IF EXISTS`.
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
    /// db.drop_table(Book::TABLE).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::TableReferenced`] where other tables refer to it; whatever the database says.
    #[doc(alias = "drop")]
    pub fn drop_table(&self, table: &'static Table) -> Pending<'_, ()> {
        Pending::new(async move { together(self, &[table], remove::free, remove::drop_tables).await })
    }

    /// Empties a table, and generated ids start again: one look whether others refer to it, then `TRUNCATE TABLE`.
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
    /// db.truncate(Book::TABLE).await?;
    /// assert_eq!(Book::find().count(&db).await?, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::TableReferenced`] where other tables refer to it; whatever the database says.
    pub fn truncate(&self, table: &'static Table) -> Pending<'_, ()> {
        Pending::new(async move { together(self, &[table], remove::free, remove::truncate).await })
    }
}

/// What is asked about tables, or done to them.
type Work = for<'h> fn(Handle<'h>, &'h [&'static Table]) -> BoxFuture<'h, Result<()>>;

/// Looks whether it may be done, and does it: in one transaction where what changes tables can be undone. Then nobody begins to refer to a
/// table between the look and the deed, and a failure half-way changes nothing.
async fn together(db: &Db, tables: &[&'static Table], look: Work, work: Work) -> Result<()> {
    look(Handle::Db(db), tables).await?;
    if !db.dialect().capabilities().transactional_ddl {
        return work(Handle::Db(db), tables).await;
    }
    db.transaction(async move |tx: &Transaction| {
        look(Handle::Transaction(tx), tables).await?;
        work(Handle::Transaction(tx), tables).await
    })
    .await
}

/// The tables, each once.
fn distinct(tables: &[&'static Table]) -> Vec<&'static Table> {
    let mut found: Vec<&'static Table> = Vec::with_capacity(tables.len());
    for table in tables {
        if position(&found, table.name).is_none() {
            found.push(table);
        }
    }
    found
}

/// The join tables of these tables that are not among them.
fn joins(tables: &[&'static Table]) -> Result<Vec<&'static Table>> {
    let mut found: Vec<&'static Table> = Vec::new();
    for join in tables.iter().flat_map(|table| table.joins).map(|join| join()) {
        let Some(n) = position(&found, join.name) else {
            if position(tables, join.name).is_none() {
                found.push(join);
            }
            continue;
        };
        let columns = |table: &'static Table| table.columns.iter().map(|column| column.name);
        if !columns(found[n]).eq(columns(join)) {
            let lists = [found[n], join].map(|table| columns(table).collect::<Vec<_>>().join(", "));
            let [one, other] = lists;
            return Err(Error::Unsupported(
                format!(
                    "both sides declare the join table {:?}, one with the columns {one}, the other with {other}",
                    join.name
                )
                .into(),
            ));
        }
    }
    Ok(found)
}
