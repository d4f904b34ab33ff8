//! Creating, dropping and emptying tables. On a [`Db`] only: inside a transaction the servers would commit it silently.

use crate::db::{Call, CallStatement, Db, Handle};
use crate::driver::{Cells, Flow, NoRows, RowSink};
use crate::error::{Error, Result};
use crate::schema::{ColumnDef, DataType, Table};
use crate::sql::ddl;
use crate::types;
use crate::value::Value;

impl Db {
    /// Creates the tables and their indexes where they do not exist: for each `CREATE TABLE IF NOT EXISTS`, then what indexes
    /// are missing. A table that exists is not altered.
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
    /// Whatever the database says.
    #[doc(alias = "sequelize.sync")]
    pub async fn sync(&self, tables: &[&'static Table]) -> Result<()> {
        for table in tables {
            text(self, &ddl::create_table(self.dialect(), table)).await?;
            create_missing_indexes(self, table).await?;
        }
        Ok(())
    }

    /// Drops the tables with all their rows and creates them anew.
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
    /// [`Error::TableReferenced`] where a table that is not in the list refers to one that is, before anything is dropped;
    /// whatever the database says.
    #[doc(alias = "force")]
    pub async fn sync_force(&self, tables: &[&'static Table]) -> Result<()> {
        let mut rest: Vec<(&'static Table, Vec<String>)> = Vec::with_capacity(tables.len());
        for table in tables {
            let referrers = referrers(self, table).await?;
            if let Some(stranger) =
                referrers.iter().find(|name| tables.iter().all(|other| !same_name(other.name, name)))
            {
                return Err(referenced(table, vec![stranger.clone()]));
            }
            rest.push((table, referrers));
        }
        // The whole order first, so that nothing is gone where there is none.
        let mut order = Vec::with_capacity(rest.len());
        while !rest.is_empty() {
            let free = |(_, referrers): &(&Table, Vec<String>)| {
                referrers.iter().all(|name| rest.iter().all(|(other, _)| !same_name(other.name, name)))
            };
            let Some(next) = rest.iter().position(free) else {
                let (table, referrers) = rest.swap_remove(0);
                return Err(referenced(table, referrers));
            };
            order.push(rest.swap_remove(next).0);
        }
        for table in order {
            text(self, &ddl::drop_table(self.dialect(), table)).await?;
        }
        self.sync(tables).await
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
    pub async fn drop_table(&self, table: &'static Table) -> Result<()> {
        must_be_free(self, table).await?;
        text(self, &ddl::drop_table(self.dialect(), table)).await
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
    pub async fn truncate(&self, table: &'static Table) -> Result<()> {
        must_be_free(self, table).await?;
        for statement in self.dialect().truncate(table) {
            text(self, &statement).await?;
        }
        Ok(())
    }
}

/// Names of tables ignore case on SQLite and on some servers; two that differ in nothing else are never both there.
fn same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn referenced(table: &Table, referrers: Vec<String>) -> Error {
    Error::TableReferenced { table: table.name.into(), referrers: Box::new(referrers) }
}

async fn must_be_free(db: &Db, table: &'static Table) -> Result<()> {
    let referrers = referrers(db, table).await?;
    if referrers.is_empty() { Ok(()) } else { Err(referenced(table, referrers)) }
}

async fn referrers(db: &Db, table: &'static Table) -> Result<Vec<String>> {
    names(
        db,
        db.dialect().referrers_sql(),
        vec![Value::Text(table.name.into()), Value::Text(table.name.into())],
    )
    .await
}

async fn create_missing_indexes(db: &Db, table: &'static Table) -> Result<()> {
    if table.indexes.is_empty() {
        return Ok(());
    }
    let present = index_names(db, table).await?;
    for index in table.indexes {
        if present.iter().any(|name| same_name(name, index.name)) {
            continue;
        }
        if let Err(error) = text(db, &ddl::create_index(db.dialect(), table, index)).await {
            // Somebody else may have been faster; then it is there now.
            if !index_names(db, table).await?.iter().any(|name| same_name(name, index.name)) {
                return Err(error);
            }
        }
    }
    Ok(())
}

async fn index_names(db: &Db, table: &'static Table) -> Result<Vec<String>> {
    names(db, db.dialect().index_names_sql(), vec![Value::Text(table.name.into())]).await
}

async fn text(db: &Db, sql: &str) -> Result<()> {
    Handle::Db(db)
        .run(Call { table: None, statement: CallStatement::Text(sql) }, Vec::new(), &mut NoRows)
        .await
        .map(drop)
}

async fn names(db: &Db, sql: &str, params: Vec<Value<'_>>) -> Result<Vec<String>> {
    let mut sink = Names(Vec::new());
    Handle::Db(db)
        .run(Call { table: None, statement: CallStatement::Dynamic(sql) }, params, &mut sink)
        .await?;
    Ok(sink.0)
}

/// Gathers the first column of the rows.
struct Names(Vec<String>);

impl RowSink for Names {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        const NAME: ColumnDef = ColumnDef::new("", "name", "name", DataType::Text, false);
        self.0.push(types::decode(cells.take(0), &NAME)?);
        Ok(Flow::Continue)
    }
}
