//! An association with what was asked of it: `User::TASKS.filter(..).limit(3)`.

use std::fmt;
use std::marker::PhantomData;

use super::association::{Association, Kind, ManyToMany};
use super::attach::{Append, Appended, Attach};
use super::include::Include;
use super::many::{Counter, Far, Loader, Normal};
use super::one::{Joined, ToOne};
use crate::db::Handle;
use crate::driver::{BoxFuture, Cells};
use crate::error::Result;
use crate::model::{Exactly, Expr, Key, Many, Maybe, Model, Needed, OrderBy, Shape};
use crate::query::{Keys, Plan, Projection, Selection, Whole, of_projection, selected};
use crate::sql::tree::Tree;
use crate::sql::{Link, OrderTerm, Rows};

/// Which models, and how many records.
type Types<M, T, S> = PhantomData<fn() -> (M, T, S)>;

/// An association of the model `M` to the model `T` with what was asked of it. Each record becomes an `O`, and `S` says how many there are.
#[must_use = "it does nothing until it is given to `include`, or `load` is called"]
pub struct Related<M, T, O, S> {
    far: Far,
    plan: Box<dyn Plan<O>>,
    types: Types<M, T, S>,
}

impl<M: Model, T, O, S> fmt::Debug for Related<M, T, O, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Link { source, target, .. } = self.far.link;
        f.debug_struct("Related")
            .field("from", &source.name)
            .field("to", &target.name)
            .finish_non_exhaustive()
    }
}

impl<M: Model, T: Model, K: Kind> Association<M, T, K> {
    /// The association with nothing asked of it yet.
    pub(super) fn related(self) -> Related<M, T, T, K::Shape> {
        let far = Far {
            link: self.link(),
            normal: <M::Key as Key>::normal as Normal,
            rows: Rows::default(),
            through: Vec::new(),
            required: false,
        };
        Related { far, plan: Box::new(Whole::new()), types: PhantomData }
    }
}

/// What a result of this shape takes to be read, and what a condition makes of it.
#[doc(hidden)]
pub trait Attached: Shape {
    /// The shape where a condition may leave records out.
    type Filtered: Attached;

    /// The shape where near records without it are not wanted.
    type Required: Attached;

    #[doc(hidden)]
    fn attach<M, T: Model, O>(related: Related<M, T, O, Self>) -> Box<dyn Attach<Self::Of<O>>>
    where
        Self: Sized,
        O: Clone + Send + Sync + 'static;

    /// What a near record gets of all its far ones; `None` where one is missing that had to be there.
    #[doc(hidden)]
    fn of_list<O: Clone + Send + Sync + 'static>(list: Vec<O>) -> Option<Self::Of<O>>;
}

impl Attached for Many {
    type Filtered = Self;
    type Required = Self;

    fn attach<M, T: Model, O>(related: Related<M, T, O, Self>) -> Box<dyn Attach<Vec<O>>>
    where
        O: Clone + Send + Sync + 'static,
    {
        Box::new(Loader::new(related.far, related.plan))
    }

    fn of_list<O: Clone + Send + Sync + 'static>(list: Vec<O>) -> Option<Vec<O>> {
        Some(list)
    }
}

/// To-one shapes differ in what a filter makes of them only.
macro_rules! to_one {
    ($shape:ty, $filtered:ty) => {
        impl Attached for $shape {
            type Filtered = $filtered;
            type Required = Needed;

            fn attach<M, T: Model, O>(related: Related<M, T, O, Self>) -> Box<dyn Attach<Self::Of<O>>>
            where
                O: Clone + Send + Sync + 'static,
            {
                joined(related)
            }

            fn of_list<O: Clone + Send + Sync + 'static>(list: Vec<O>) -> Option<Self::Of<O>> {
                Self::one(list.into_iter().next())
            }
        }
    };
}

to_one!(Maybe, Maybe);
to_one!(Exactly, Maybe);
to_one!(Needed, Needed);

fn joined<M, T: Model, O, S>(related: Related<M, T, O, S>) -> Box<dyn Attach<S::Of<O>>>
where
    O: Clone + Send + Sync + 'static,
    S: ToOne,
{
    let Far { link, rows, required, .. } = related.far;
    // Where the far columns do not tell one row, the first is taken, and the near row does not double.
    let first = (!link.is_unique()).then_some(rows.order);
    Box::new(Joined::<O, S>::new(link, related.plan, rows.filter, required, first))
}

impl<M: Model, T: Model, O: Send + Sync + 'static, S: Attached> Related<M, T, O, S> {
    fn shaped<R>(self) -> Related<M, T, O, R> {
        Related { far: self.far, plan: self.plan, types: PhantomData }
    }

    /// Only records that meet the condition. Given twice, both must be met. What they belong to is not left out for that: its list is
    /// shorter, and an association to one yields an `Option`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let users = User::find().include(User::TASKS.filter(Task::TITLE.eq("memo"))).all(&db).await?;
    /// // SELECT "id", "name" FROM "users" ORDER BY "id"; SELECT .. FROM "tasks" WHERE "user_id" IN (?) AND "title" = ? ..
    /// assert_eq!(users[0].1.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "where")]
    pub fn filter(mut self, condition: Expr<T>) -> Related<M, T, O, S::Filtered> {
        self.far.rows.filter.push(condition.into_node());
        self.shaped()
    }

    /// Includes an association of these records in turn, to any depth.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let users: Vec<(User, Vec<(Task, Vec<Comment>)>)> =
    ///     User::find().include(User::TASKS.include(Task::COMMENTS)).all(&db).await?;
    /// // three SELECTs: users, tasks, comments
    /// assert_eq!(users[0].1[1].0.title, "letter");
    /// # Ok(())
    /// # }
    /// ```
    pub fn include<I: Include<T>>(self, association: I) -> Related<M, T, O::Out, S>
    where
        O: Append<I::Output>,
    {
        let plan = Appended::boxed(self.plan, association.attach());
        Related { far: self.far, plan, types: PhantomData }
    }

    /// Leaves out records that have none: the one include that narrows the query. Counts follow it.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let tasks: Vec<(Task, User)> = Task::find().include(Task::USER.required()).all(&db).await?;
    /// // SELECT .. FROM "tasks" JOIN "users" AS "t1" ON ..
    /// assert_eq!(tasks[0].1.name, "John");
    /// # Ok(())
    /// # }
    /// ```
    pub fn required(mut self) -> Related<M, T, O, S::Required> {
        self.far.required = true;
        self.shaped()
    }

    pub(super) fn attach(self) -> Box<dyn Attach<S::Of<O>>>
    where
        O: Clone,
    {
        S::attach(self)
    }

    /// The far rows of these near ones, in their order.
    pub(super) async fn of(self, handle: Handle<'_>, near: &dyn Keys) -> Result<Vec<S::Of<O>>>
    where
        O: Clone,
    {
        let link = self.far.link;
        let mut loader = Loader::new(self.far, self.plan);
        loader.load(handle, near).await?;
        let lists = loader.finish()?;
        lists.into_iter().map(|list| S::of_list(list).ok_or_else(|| super::one::missing(&link))).collect()
    }
}

impl<M: Model, T: Model, S: Attached> Related<M, T, T, S> {
    /// Asks for some columns of the records instead of all.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let users = User::find().include(User::TASKS.select((Task::ID, Task::TITLE))).all(&db).await?;
    /// assert_eq!(users[0].1[0], (1, "memo".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "attributes")]
    pub fn select<C: Selection<T>>(self, columns: C) -> Related<M, T, C::Output, S> {
        Related { far: self.far, plan: selected(columns), types: PhantomData }
    }

    /// Asks for the columns of a struct that derives [`Projection`].
    #[doc(alias = "attributes")]
    pub fn select_as<P: Projection<Model = T>>(self) -> Related<M, T, P, S> {
        Related { far: self.far, plan: of_projection(), types: PhantomData }
    }
}

impl<M: Model, T: Model, O: Send + Sync + 'static> Related<M, T, O, Many> {
    /// In this order; what is equal in it, and everything where none is given, by key.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let users = User::find().include(User::TASKS.order_by(Task::TITLE)).all(&db).await?;
    /// assert_eq!(users[0].1[0].title, "letter");
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "order")]
    pub fn order_by(mut self, order: impl OrderBy<T>) -> Self {
        order.add_to(&mut self.far.rows.order);
        self
    }

    /// At most this many for each record.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let newest = User::TASKS.order_by(Task::ID.desc()).limit(1);   // one for each user
    /// let users = User::find().include(newest).all(&db).await?;
    /// assert_eq!(users[0].1[0].title, "letter");
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "separate")]
    pub fn limit(mut self, rows: u64) -> Self {
        self.far.rows.limit = Some(rows);
        self
    }

    /// Leaves this many out first, for each record.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let users = User::find().include(User::TASKS.offset(1).limit(5)).all(&db).await?;
    /// assert_eq!(users[0].1[0].title, "letter");
    /// # Ok(())
    /// # }
    /// ```
    pub fn offset(mut self, rows: u64) -> Self {
        self.far.rows.offset = Some(rows);
        self
    }
}

impl<M: Model, T: Model> Related<M, T, T, Many> {
    /// How many there are instead of what they are. A limit and an offset do not matter.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let users: Vec<(User, u64)> = User::find().include(User::TASKS.count()).all(&db).await?;
    /// // SELECT .. FROM "users"; SELECT "user_id", COUNT(*) FROM "tasks" WHERE "user_id" IN (?) GROUP BY "user_id"
    /// assert_eq!(users[0].1, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn count(self) -> Counted<M> {
        Counted { far: self.far, model: PhantomData }
    }
}

/// The number of records of an association, to be included.
#[must_use = "it does nothing until it is given to `include`"]
pub struct Counted<M> {
    far: Far,
    model: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for Counted<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted").field("to", &self.far.link.target.name).finish_non_exhaustive()
    }
}

impl<M: Model> Counted<M> {
    pub(super) fn attach(self) -> Box<dyn Attach<u64>> {
        Box::new(Counter::new(self.far))
    }
}

/// The row of the join table beside each record.
struct JoinRow<J>(Whole<J>);

impl<J: Model> Attach<J> for JoinRow<J> {
    fn ask(&mut self, _tree: &mut Tree, _node: usize) {}

    fn wants_join_row(&self) -> bool {
        true
    }

    fn place_join_row(&mut self, at: usize) {
        self.0.place(at);
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<()> {
        self.0.row(cells)
    }

    fn loads(&self) -> bool {
        false
    }

    fn load<'a>(&'a mut self, _handle: Handle<'a>, _near: &'a dyn Keys) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn finish(&mut self) -> Result<Vec<J>> {
        self.0.finish()
    }
}

/// Over a join table with a model.
impl<M: Model, T: Model, J: Model> Association<M, T, ManyToMany<J>> {
    /// Each record with its row of the join table: `(Tag, PostTag)`.
    #[doc(alias = "joinTableAttributes")]
    pub fn with_join_row(self) -> Related<M, T, T::Out, Many>
    where
        T: Append<J>,
    {
        let Related { far, plan, .. } = self.related();
        Related { far, plan: Appended::boxed(plan, Box::new(JoinRow(Whole::<J>::new()))), types: PhantomData }
    }

    /// Only records whose row of the join table meets the condition.
    #[doc(alias = "through")]
    pub fn filter_join_row(self, condition: Expr<J>) -> Related<M, T, T, Many> {
        let mut related = self.related();
        related.far.through.push(condition.into_node());
        related
    }
}

/// The same methods on the constant, so that `User::TASKS.filter(..)` is said without a word in between.
impl<M: Model, T: Model, K: Kind> Association<M, T, K> {
    /// Only records that meet the condition. See [`Related::filter`].
    #[doc(alias = "where")]
    pub fn filter(self, condition: Expr<T>) -> Related<M, T, T, <K::Shape as Attached>::Filtered> {
        self.related().filter(condition)
    }

    /// Includes an association of these records in turn. See [`Related::include`].
    pub fn include<I: Include<T>>(self, association: I) -> Related<M, T, T::Out, K::Shape>
    where
        T: Append<I::Output>,
    {
        self.related().include(association)
    }

    /// Leaves out records that have none. See [`Related::required`].
    pub fn required(self) -> Related<M, T, T, <K::Shape as Attached>::Required> {
        self.related().required()
    }

    /// Asks for some columns of the records instead of all. See [`Related::select`].
    #[doc(alias = "attributes")]
    pub fn select<C: Selection<T>>(self, columns: C) -> Related<M, T, C::Output, K::Shape> {
        self.related().select(columns)
    }

    /// Asks for the columns of a struct that derives [`Projection`]. See [`Related::select_as`].
    #[doc(alias = "attributes")]
    pub fn select_as<P: Projection<Model = T>>(self) -> Related<M, T, P, K::Shape> {
        self.related().select_as()
    }
}

/// The same for associations to many.
impl<M: Model, T: Model, K: Kind<Shape = Many>> Association<M, T, K> {
    /// In this order. See [`Related::order_by`].
    #[doc(alias = "order")]
    pub fn order_by(self, order: impl OrderBy<T>) -> Related<M, T, T, Many> {
        self.related().order_by(order)
    }

    /// At most this many for each record. See [`Related::limit`].
    pub fn limit(self, rows: u64) -> Related<M, T, T, Many> {
        self.related().limit(rows)
    }

    /// Leaves this many out first, for each record. See [`Related::offset`].
    pub fn offset(self, rows: u64) -> Related<M, T, T, Many> {
        self.related().offset(rows)
    }

    /// How many there are instead of what they are. See [`Related::count`].
    pub fn count(self) -> Counted<M> {
        self.related().count()
    }
}

/// The order of a has_one or belongs_to.
impl<M: Model, T: Model, K: Kind> Association<M, T, K>
where
    K::Shape: ToOne,
{
    /// An order by a column of the record on the other side: `order_by(Employee::PROJECT.by(Project::NAME.desc()))`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Clone)] #[model(has_many(tasks: Task))] struct User { id: u64, name: String }
    /// # #[derive(Model, Clone)] #[model(has_many(comments: Comment))] struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
    /// # #[derive(Model, Clone)] struct Comment { id: u64, #[model(belongs_to = Task)] task_id: u64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.sync(&[User::TABLE, Task::TABLE, Comment::TABLE]).await?;
    /// # User::build().name("John").save(&db).await?;
    /// # Task::bulk_create(&db, ["memo", "letter"].map(|title| Task::build().title(title).user_id(1_u64))).await?;
    /// let tasks = Task::find().order_by((Task::USER.by(User::NAME), Task::ID.desc())).all(&db).await?;
    /// // .. ORDER BY (SELECT "t1"."name" FROM "users" AS "t1" WHERE ..), "tasks"."id" DESC
    /// assert_eq!(tasks[0].title, "letter");
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "order")]
    pub fn by(self, order: impl OrderBy<T>) -> Vec<crate::model::Order<M>> {
        let mut terms: Vec<OrderTerm> = Vec::new();
        order.add_to(&mut terms);
        let link = self.link();
        terms
            .into_iter()
            .map(|mut term| {
                term.path.insert(0, link);
                crate::model::Order::from_term(term)
            })
            .collect()
    }
}
