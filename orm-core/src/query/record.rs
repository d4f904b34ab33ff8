//! The verbs that every model has.

use super::bulk_insert::{Alone, BulkInsert};
use super::bulk_update::Written;
use super::nested::{DraftParts, Nested};
use super::plan::{Plan as _, Whole};
use super::sink::Collect;
use super::statement::FixedStatement;
use super::update::Changes;
use super::{ColumnList, Query, bulk_update, destroy, update};
use crate::db::{Db, Executor, Handle};
use crate::driver::{BoxFuture, Cells, Flow, RowSink};
use crate::error::{Error, Result};
use crate::model::{Assignments, FieldSet, IntoKey, Model};
use crate::schema::Table;
use crate::sql::{check, fixed};
use crate::value::Value;

/// The verbs that every model has. In the prelude; there is nothing to implement.
///
/// ```
/// use orm_core::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// struct Note {
///     id: u64,
///     description: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// let db = Db::connect("sqlite::memory:").await?;
/// Note::sync(&db).await?;
/// let mut note = Note::build().description("Took a cold bath").save(&db).await?;
/// note.update(&db, Note::DESCRIPTION.set("Took a warm bath")).await?;
/// assert_eq!(Note::find_by_id(&db, note.id).await?.unwrap().description, "Took a warm bath");
/// note.destroy(&db).await?;
/// assert_eq!(Note::find().count(&db).await?, 0);
/// # Ok(())
/// # }
/// ```
#[doc(alias = "Model")]
pub trait Record: Model {
    /// All rows, to be narrowed, ordered and paged. Nothing is sent yet.
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
    /// let books = Book::find().filter(Book::ID.gt(1)).order_by(Book::TITLE).limit(10).all(&db).await?;
    /// assert_eq!(books[0].title, "Utopia");
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "findAll")]
    fn find() -> Query<Self> {
        Query::new()
    }

    /// The record with this key, if there is one: one SELECT by key.
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
    /// let book: Option<Book> = Book::find_by_id(&db, 2).await?;
    /// // SELECT "id", "title", "author", "loans" FROM "books" WHERE "id" = ?
    /// assert_eq!(book.unwrap().title, "Walden");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`] where a cell is not of its field's type; whatever the database says.
    #[doc(alias = "findByPk")]
    fn find_by_id<E: Executor + ?Sized>(
        db: &E,
        key: impl IntoKey<Self::Key>,
    ) -> BoxFuture<'_, Result<Option<Self>>> {
        let key = key.into_key(Self::TABLE);
        by_key(db.handle().reading(), key)
    }

    /// Saves many drafts and gives the records with their ids.
    ///
    /// One INSERT of up to 1,000 rows, or several in one transaction where a limit of the database asks for it; in a transaction of the
    /// caller's own they are within a savepoint. On MySQL the ids are counted up from the first, where the server promises that they are
    /// consecutive; elsewhere they come by RETURNING.
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
    /// let drafts = ["Emma", "Walden"].map(|title| Book::build().title(title));
    /// let books = Book::bulk_create(&db, drafts).await?;
    /// assert_eq!((books[0].id, books[1].id), (1, 2));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Encode`] where a value does not fit its column; whatever the database says. Then nothing is stored, and a transaction of the
    /// caller's own can go on.
    #[doc(alias = "bulkCreate")]
    fn bulk_create<
        E: Executor + ?Sized,
        D: DraftParts<Self, Along = A, Missing: FieldSet>,
        A: Nested<Self>,
    >(
        db: &E,
        drafts: impl IntoIterator<Item = D>,
    ) -> BoxFuture<'_, Result<Vec<A::Output>>> {
        A::save_all(drafts.into_iter().map(DraftParts::into_draft), db.handle())
    }

    /// Inserts any number of rows in constant memory, without giving records or ids back: the drafts are drawn from their iterator as
    /// they are sent, and never more than one INSERT has. [`exec`](BulkInsert::exec) sends them and gives the number of rows.
    ///
    /// An INSERT has up to 1,000 rows, and less where a limit of the database asks for it, or where they are large (4 MiB in all). Neighbours of
    /// which one has an id of its own and the other gets one are not in the same INSERT. `created_at` and `updated_at` are the time at which
    /// an INSERT was begun. For drafts with associations see [`bulk_create`](Record::bulk_create).
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
    /// let inserted = Book::bulk_insert((1..=10_000).map(|n| Book::build().title(format!("Volume {n}")))).exec(&db).await?;
    /// // BEGIN; INSERT INTO "books" ("title", "author", "loans") VALUES (?, ?, ?), (?, ?, ?), ..; .. COMMIT
    /// assert_eq!(inserted, 10_000);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "bulkCreate")]
    fn bulk_insert<
        'a,
        D: DraftParts<Self, Along: Alone, Missing: FieldSet>,
        I: IntoIterator<Item = D, IntoIter: Send + 'a>,
    >(
        drafts: I,
    ) -> BulkInsert<'a, Self> {
        BulkInsert::new(drafts.into_iter().map(|draft| draft.into_draft().0))
    }

    /// Writes every column of this record, and sets `updated_at`: one UPDATE by key.
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
    /// let mut book = Book::find_by_id(&db, 1).await?.unwrap();
    /// book.title = "Emma, a novel".into();
    /// book.save(&db).await?;
    /// // UPDATE "books" SET "title" = ?, "author" = ?, "loans" = ? WHERE "id" = ?
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] where the row is gone; [`Error::Encode`]; whatever the database says.
    fn save<'a, E: Executor + ?Sized>(&'a mut self, db: &'a E) -> BoxFuture<'a, Result<()>> {
        Box::pin(update::save(db.handle(), self))
    }

    /// Writes some columns of this record, and sets `updated_at`: one UPDATE by key. The fields change too.
    ///
    /// Where the database reckons a value (`increment`), the UPDATE and a SELECT that reads it back run in one transaction, or within a
    /// savepoint of the caller's own.
    /// Fields that are not assigned keep what they have, saved or not.
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
    /// let mut book = Book::find_by_id(&db, 1).await?.unwrap();
    /// book.update(&db, Book::AUTHOR.set("Jane Austen")).await?;
    /// book.update(&db, Book::LOANS.increment(1)).await?;
    /// assert_eq!((book.author.as_deref(), book.loans), (Some("Jane Austen"), 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] where the row is gone; [`Error::Encode`]; whatever the database says.
    #[doc(alias = "increment")]
    fn update<'a, E: Executor + ?Sized>(
        &'a mut self,
        db: &'a E,
        assignments: impl Assignments<Self>,
    ) -> BoxFuture<'a, Result<()>> {
        let changes = Changes::new(assignments);
        Box::pin(update::update_record(db.handle(), self, changes))
    }

    /// Writes some columns of many records, each with the values that its fields have, and sets `updated_at`; gives their number.
    ///
    /// One UPDATE of up to 250 rows, or several, in one transaction; in a transaction of the caller's own they are within a savepoint. A column, a tuple or a
    /// `Vec` of columns says what is written. Fields of other columns keep what they have, saved or not; `updated_at` changes in the records
    /// too. No records, or no columns: no statement.
    ///
    /// A unique column whose values records exchange is refused by the database, which looks at one row after the other.
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
    /// let mut books = Book::find().all(&db).await?;
    /// for (n, book) in (1..).zip(&mut books) {
    ///     book.title.push_str(", a novel");
    ///     book.loans = n;
    /// }
    /// let updated: u64 = Book::bulk_update(&db, &mut books, (Book::TITLE, Book::LOANS)).await?;
    /// // MySQL:   UPDATE (SELECT `id`, `title`, `loans` FROM `books` WHERE FALSE UNION ALL VALUES ROW(?, ?, ?), ROW(?, ?, ?), ..) AS `t1`
    /// //          STRAIGHT_JOIN `books` ON `books`.`id` = `t1`.`id` SET `books`.`title` = `t1`.`title`, ..
    /// // MariaDB: UPDATE (SELECT ? AS `id`, ? AS `title`, ? AS `loans` UNION ALL SELECT ?, ?, ? ..) AS `t1` STRAIGHT_JOIN `books` ..
    /// // SQLite:  WITH "t1" ("id", "title", "loans") AS (VALUES (?, ?, ?), ..) UPDATE "books" SET "title" = "t1"."title", ..
    /// //          FROM "t1" WHERE "books"."id" = +"t1"."id"
    /// // with CAST(? AS UNSIGNED) and such for each ? on the servers
    /// assert_eq!(updated, 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] where the row of one is gone; [`Error::RepeatedKey`] where two have the same key; [`Error::Unsupported`] for a column
    /// of the key, a generated or managed one, and one that is given twice; [`Error::Encode`]; whatever the database says. Then nothing is changed, and
    /// a transaction of the caller's own can go on.
    #[doc(alias = "updateOnDuplicate")]
    fn bulk_update<'a, E: Executor + ?Sized>(
        db: &'a E,
        records: impl IntoIterator<Item = &'a mut Self>,
        columns: impl ColumnList<Self>,
    ) -> BoxFuture<'a, Result<u64>> {
        let (records, columns) = (records.into_iter().collect(), Written::new(columns));
        Box::pin(bulk_update::bulk_update(db.handle(), records, columns))
    }

    /// Reads every column of this record again: one SELECT by key. Fields that are no columns keep what they have.
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
    /// let mut book = Book::find_by_id(&db, 1).await?.unwrap();
    /// Book::find().filter(Book::ID.eq(1)).update(&db, Book::LOANS.set(7)).await?;
    /// book.reload(&db).await?;
    /// assert_eq!(book.loans, 7);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] where the row is gone; whatever the database says.
    fn reload<'a, E: Executor + ?Sized>(&'a mut self, db: &'a E) -> BoxFuture<'a, Result<()>> {
        Box::pin(reload(db.handle(), self))
    }

    /// Deletes this record's row: one DELETE by key.
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
    /// let book = Book::find_by_id(&db, 1).await?.unwrap();
    /// book.destroy(&db).await?;
    /// assert!(matches!(book.destroy(&db).await, Err(Error::RecordNotFound { .. })));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] where the row is gone already; [`Error::ForeignKeyViolation`]; whatever the database says.
    #[doc(alias = "delete")]
    fn destroy<'a, E: Executor + ?Sized>(&'a self, db: &'a E) -> BoxFuture<'a, Result<()>> {
        destroy::destroy_record(db.handle(), self)
    }

    /// Creates the table and its indexes where they do not exist: `CREATE TABLE IF NOT EXISTS`, then what indexes are missing.
    /// A table that exists is not altered.
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
    /// Book::sync(&db).await?;
    /// Book::sync(&db).await?;   // it exists: nothing changes
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Whatever the database says.
    fn sync(db: &Db) -> BoxFuture<'_, Result<()>> {
        create_table(db, Self::TABLE)
    }

    /// Drops the table with all its rows and creates it anew.
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
    /// Book::sync_force(&db).await?;
    /// assert_eq!(Book::find().count(&db).await?, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::TableReferenced`] where other tables refer to it; whatever the database says.
    #[doc(alias = "force")]
    fn sync_force(db: &Db) -> BoxFuture<'_, Result<()>> {
        replace_table(db, Self::TABLE)
    }

    /// Drops the table where it exists.
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
    /// Book::drop_table(&db).await?;
    /// assert!(Book::find().all(&db).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::TableReferenced`] where other tables refer to it; whatever the database says.
    #[doc(alias = "drop")]
    fn drop_table(db: &Db) -> BoxFuture<'_, Result<()>> {
        Box::pin(db.drop_table(Self::TABLE))
    }

    /// Empties the table; generated ids start again.
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
    /// Book::truncate(&db).await?;
    /// assert_eq!(Book::build().title("Emma").save(&db).await?.id, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::TableReferenced`] where other tables refer to it; whatever the database says.
    fn truncate(db: &Db) -> BoxFuture<'_, Result<()>> {
        Box::pin(db.truncate(Self::TABLE))
    }
}

impl<M: Model> Record for M {}

fn create_table<'a>(db: &'a Db, table: &'static Table) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { db.sync(&[table]).await })
}

fn replace_table<'a>(db: &'a Db, table: &'static Table) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { db.sync_force(&[table]).await })
}

fn by_key<'a, M: Model>(
    handle: Handle<'a>,
    key: Result<Vec<Value<'static>>>,
) -> BoxFuture<'a, Result<Option<M>>> {
    // Before it is boxed, which it would make larger.
    let key = match key.and_then(|key| checked(handle, M::TABLE, key)) {
        Ok(key) => key,
        Err(error) => return Box::pin(async { Err(error) }),
    };
    Box::pin(async move {
        let mut plan = Whole::one();
        find_by_key::<M>().read(handle, key, &mut Collect(&mut plan)).await?;
        plan.take_last()
    })
}

fn find_by_key<M: Model>() -> FixedStatement {
    FixedStatement::of::<M>(|all| &all.find_by_key, fixed::find_by_key)
}

/// The key, where the database can hold it.
fn checked<'v>(handle: Handle<'_>, table: &Table, key: Vec<Value<'v>>) -> Result<Vec<Value<'v>>> {
    for (value, column) in key.iter().zip(table.key_columns()) {
        check(handle.dialect(), column, value)?;
    }
    Ok(key)
}

async fn reload<M: Model>(handle: Handle<'_>, record: &mut M) -> Result<()> {
    let key = checked(handle, M::TABLE, owned_key(record)?)?;
    // Into a copy, so that an error changes nothing; not a new record, whose fields that are no columns would be empty.
    let mut sink = Refill { record: record.clone_record(), found: false };
    find_by_key::<M>().read(handle, key, &mut sink).await?;
    if !sink.found {
        return Err(Error::RecordNotFound { table: M::TABLE.name });
    }
    *record = sink.record;
    Ok(())
}

fn owned_key<M: Model>(record: &M) -> Result<Vec<Value<'static>>> {
    M::TABLE.primary_key.iter().map(|&n| Ok(record.value(n)?.into_owned())).collect()
}

/// Sets every column's field of a record to the cells of a row.
struct Refill<M> {
    record: M,
    found: bool,
}

impl<M: Model> RowSink for Refill<M> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        for column in 0..M::TABLE.columns.len() {
            self.record.set_value(column, cells.take(column).into_owned())?;
        }
        self.found = true;
        Ok(Flow::Continue)
    }
}
