//! Queries: which rows, in which order, and what each becomes.

use std::fmt;
use std::marker::PhantomData;

use super::Plan;
use super::lock::{must_last, must_read};
use super::plan::Whole;
use super::projection::{Projection, Selection, of_projection, selected};
use super::sink::{Collect, Tally};
use super::statement::FixedStatement;
use super::stream::RowStream;
use crate::db::{Call, Executor, Handle};
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::model::{Expr, Model, OrderBy};
use crate::schema::Table;
use crate::sql::select::{Wanted, select};
use crate::sql::tree::{self, Tree, Wants};
use crate::sql::{OrderTerm, Rows, fixed};

/// Rows of the model `M`, each of which becomes an `O`: a record, or what was selected of it.
///
/// Nothing is sent until a verb is called: `all`, `one`, `count`, `stream`, `update`, `destroy` and so on.
/// Filtering, ordering and paging do not change the type, so a query can be built up in `if`s.
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
/// let mut query = Book::find().filter(Book::ID.gt(0));
/// let newest_first = true;
/// if newest_first {
///     query = query.order_by(Book::ID.desc());
/// }
/// assert_eq!(query.limit(2).all(&db).await?[0].title, "Utopia");
/// # Ok(())
/// # }
/// ```
#[doc(alias = "findAll")]
#[must_use = "a query sends nothing until a verb such as `all` is called"]
pub struct Query<M, O = M> {
    pub(super) rows: Rows,
    pub(super) everything: bool,
    /// Not on a replica.
    pub(super) on_primary: bool,
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
        Self {
            rows: Rows::default(),
            everything: false,
            on_primary: false,
            plan: Box::new(Whole::new()),
            model: PhantomData,
        }
    }

    /// Asks for some columns instead of all. A row becomes the column's type, or a tuple of them.
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
    /// let titles: Vec<String> = Book::find().select(Book::TITLE).all(&db).await?;
    /// let rows: Vec<(u64, String)> = Book::find().select((Book::ID, Book::TITLE)).all(&db).await?;
    /// // SELECT "id", "title" FROM "books"
    /// assert_eq!(rows[0], (1, "Emma".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "attributes")]
    pub fn select<S: Selection<M>>(self, columns: S) -> Query<M, S::Output> {
        self.map_plan(|_| selected(columns))
    }

    /// Asks for the columns of a struct that derives [`Projection`].
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
    ///     title: String,
    /// }
    ///
    /// let cards: Vec<Card> = Book::find().select_as::<Card>().all(&db).await?;
    /// assert_eq!(cards[0].title, "Emma");
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "attributes")]
    pub fn select_as<P: Projection<Model = M>>(self) -> Query<M, P> {
        self.map_plan(|_| of_projection())
    }
}

impl<M: Model, O: Send + 'static> Query<M, O> {
    /// The same rows, each of which becomes something else.
    pub(crate) fn map_plan<P>(self, plan: impl FnOnce(Box<dyn Plan<O>>) -> Box<dyn Plan<P>>) -> Query<M, P> {
        let Self { rows, everything, on_primary, .. } = self;
        Query { rows, everything, on_primary, plan: plan(self.plan), model: PhantomData }
    }

    /// Only rows that meet the condition. Given twice, both must be met.
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
    /// let books = Book::find().filter(Book::ID.gt(1)).filter(Book::TITLE.starts_with("W")).all(&db).await?;
    /// // .. WHERE "id" > ? AND "title" LIKE ? ESCAPE '|'
    /// assert_eq!(books.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "where")]
    pub fn filter(mut self, condition: Expr<M>) -> Self {
        self.rows.filter.push(condition.into_node());
        self
    }

    /// The same where there is a condition; nothing where there is none.
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
    /// let author: Option<&str> = None;   // what the user chose, if anything
    /// let books = Book::find().filter_some(author.map(|author| Book::AUTHOR.eq(author)));
    /// assert_eq!(books.count(&db).await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter_some(self, condition: Option<Expr<M>>) -> Self {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }

    /// In this order: a column, `.asc()` or `.desc()` of one, a tuple or a `Vec` of these. Given twice, the first comes first.
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
    /// let books = Book::find().order_by((Book::AUTHOR, Book::TITLE.desc())).all(&db).await?;
    /// // .. ORDER BY "author", "title" DESC
    /// assert_eq!(books[0].title, "Walden");
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "order")]
    pub fn order_by(mut self, order: impl OrderBy<M>) -> Self {
        order.add_to(&mut self.rows.order);
        self
    }

    /// At most this many rows.
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
    /// assert_eq!(Book::find().order_by(Book::ID).limit(2).all(&db).await?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn limit(mut self, rows: u64) -> Self {
        self.rows.limit = Some(rows);
        self
    }

    /// Leaves this many rows out first.
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
    /// let rest = Book::find().order_by(Book::ID).offset(2).all(&db).await?;
    /// assert_eq!(rest[0].title, "Utopia");
    /// # Ok(())
    /// # }
    /// ```
    pub fn offset(mut self, rows: u64) -> Self {
        self.rows.offset = Some(rows);
        self
    }

    /// Says that an `update` or `destroy` without a condition means the whole table.
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
    /// assert!(matches!(Book::find().destroy(&db).await, Err(Error::MissingFilter { .. })));
    /// assert_eq!(Book::find().everything().destroy(&db).await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn everything(mut self) -> Self {
        self.everything = true;
        self
    }

    /// All rows: one SELECT.
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
    /// let books: Vec<Book> = Book::find().all(&db).await?;
    /// // SELECT "id", "title", "author", "loans" FROM "books"
    /// assert_eq!(books.len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a cell is not of the field's type; whatever the database says.
    #[doc(alias = "findAll")]
    pub fn all<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<Vec<O>>> {
        let handle = self.reader(db);
        Box::pin(self.fetch(handle))
    }

    /// The first row, if there is one: one SELECT with `LIMIT 1`, which is left out where the key is pinned.
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
    /// let book: Option<Book> = Book::find().filter(Book::TITLE.eq("Walden")).one(&db).await?;
    /// assert_eq!(book.map(|book| book.id), Some(2));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::all`].
    #[doc(alias = "findOne")]
    pub fn one<E: Executor + ?Sized>(mut self, db: &E) -> BoxFuture<'_, Result<Option<O>>> {
        let handle = self.reader(db);
        if !self.rows.pins_key(M::TABLE) || self.rows.offset.is_some() || self.rows.limit == Some(0) {
            self.rows.limit = Some(self.rows.limit.map_or(1, |limit| limit.min(1)));
        }
        Box::pin(async move { Ok(self.fetch(handle).await?.into_iter().next()) })
    }

    /// How many rows there are, a limit and an offset included: one SELECT.
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
    /// assert_eq!(Book::find().filter(Book::TITLE.contains("a")).count(&db).await?, 3);
    /// // SELECT COUNT(*) AS "count" FROM "books" WHERE "title" LIKE ? ESCAPE '|'
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn count<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<u64>> {
        let (handle, rows) = (self.reader(db), self.counted());
        Box::pin(async move { super::aggregate::count::<M>(handle, rows?).await })
    }

    /// Whether there is a row at all: one SELECT with `LIMIT 1`.
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
    /// assert!(Book::find().filter(Book::TITLE.eq("Emma")).exists(&db).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn exists<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<bool>> {
        let (handle, rows) = (self.reader(db), self.counted());
        Box::pin(async move { exists::<M>(handle, rows?).await })
    }

    /// The rows of this page and how many there are on all pages: two SELECTs, the second without limit, offset and order.
    ///
    /// The two are not one snapshot: call it in a transaction where that matters.
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
    /// let (page, total) = Book::find().order_by(Book::ID).limit(2).find_and_count(&db).await?;
    /// assert_eq!((page.len(), total), (2, 3));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::all`].
    #[doc(alias = "findAndCountAll")]
    pub fn find_and_count<E: Executor + ?Sized>(self, db: &E) -> BoxFuture<'_, Result<(Vec<O>, u64)>> {
        let handle = self.reader(db);
        Box::pin(async move {
            let mut everything = Rows { filter: self.rows.filter.clone(), ..Rows::default() };
            self.plan.narrow(&mut everything.filter);
            let rows = self.fetch(handle).await?;
            let total = super::aggregate::count::<M>(handle, everything).await?;
            Ok((rows, total))
        })
    }

    /// The rows as they arrive, in constant memory: one SELECT. A transaction can send nothing else while a stream of it is open.
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
    /// let mut books = Book::find().order_by(Book::ID).stream(&db);
    /// while let Some(book) = books.next().await {
    ///     println!("{}", book?.title);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "findAll")]
    pub fn stream<E: Executor + ?Sized>(self, db: &E) -> RowStream<'_, O> {
        let handle = self.reader(db);
        RowStream::new(M::TABLE, self.plan, self.rows, handle)
    }

    /// That the primary answers, where the `Db` has replicas: for what has to be there the moment it was written. What is included goes there too.
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
    /// assert_eq!(Book::find().on_primary().count(&db).await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "useMaster")]
    pub fn on_primary(mut self) -> Self {
        self.on_primary = true;
        self
    }

    /// Where it is read.
    pub(super) fn reader<'db, E: Executor + ?Sized>(&self, db: &'db E) -> Handle<'db> {
        if self.on_primary { db.handle() } else { db.handle().reading() }
    }

    /// The rows that count: those of the query, as far as its includes do not narrow them.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) where rows were to be locked.
    pub(super) fn counted(mut self) -> Result<Rows> {
        must_read(&self.rows)?;
        self.plan.narrow(&mut self.rows.filter);
        Ok(self.rows)
    }

    async fn fetch(mut self, handle: Handle<'_>) -> Result<Vec<O>> {
        must_last(&self.rows, handle)?;
        let table = Some(M::TABLE);
        let statement = match self.plan.wanted() {
            Some(Wanted::All) if self.rows.is_plain() => {
                let statement = FixedStatement::of::<M>(|all| &all.find_all, fixed::find_all);
                statement.read(handle, Vec::new(), &mut Collect(&mut *self.plan)).await?;
                return self.plan.finish();
            }
            Some(wanted) => select(handle.dialect(), M::TABLE, wanted, self.rows)?,
            None => tree::select(handle.dialect(), asked(M::TABLE, &mut *self.plan, self.rows), Wants::Rows)?,
        };
        let call = Call::rendered(table, &statement);
        handle.run(&call, &mut Collect(&mut *self.plan)).await?;
        if self.plan.loads() {
            self.plan.load(handle).await?;
        }
        self.plan.finish()
    }
}

/// The statement of a plan that asks for more than one table. Its order is that of the key where none was asked for.
pub(super) fn asked<O>(table: &'static Table, plan: &mut dyn Plan<O>, mut rows: Rows) -> Tree {
    if rows.order.is_empty() {
        rows.order.extend(table.key_columns().map(OrderTerm::of));
    }
    let mut tree = Tree::new(table, rows);
    plan.ask(&mut tree, 0);
    tree
}

/// Whether there is a row at all.
pub(super) async fn exists<M: Model>(handle: Handle<'_>, mut rows: Rows) -> Result<bool> {
    rows.limit = Some(rows.limit.map_or(1, |limit| limit.min(1)));
    rows.order.clear();
    let statement = select(handle.dialect(), M::TABLE, Wanted::Existence, rows)?;
    let mut found = Tally::default();
    let call = Call::rendered(Some(M::TABLE), &statement);
    handle.run(&call, &mut found).await?;
    Ok(found.0 > 0)
}
