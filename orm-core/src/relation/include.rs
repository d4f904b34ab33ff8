//! `include`: what was loaded is in the type.

use super::association::{Association, Kind};
use super::attach::{Append, Appended, Attach};
use super::related::{Attached, Counted, Related};
use crate::db::Executor;
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::model::{Model, Shape, write_value};
use crate::query::{Keys, Query};
use crate::value::Value;

/// What an association gives for each of several records.
type Loaded<T, K> = Vec<<<K as Kind>::Shape as Shape>::Of<T>>;

/// What `include` takes: an association of the model `M`, plain or with what was asked of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an association of `{M}`",
    label = "not an association of `{M}`",
    note = "include what `{M}` itself declares, and the associations of an included record inside its own include"
)]
pub trait Include<M>: Sized {
    /// What it adds to a result.
    type Output: Clone + Send + Sync + 'static;

    #[doc(hidden)]
    fn attach(self) -> Box<dyn Attach<Self::Output>>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model + Clone, K: Kind> Include<M> for Association<M, T, K> {
    type Output = <K::Shape as Shape>::Of<T>;

    fn attach(self) -> Box<dyn Attach<Self::Output>> {
        self.related().attach()
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, O, S> Include<M> for Related<M, T, O, S>
where
    M: Model,
    T: Model,
    O: Clone + Send + Sync + 'static,
    S: Attached,
{
    type Output = S::Of<O>;

    fn attach(self) -> Box<dyn Attach<Self::Output>> {
        Self::attach(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Include<M> for Counted<M> {
    type Output = u64;

    fn attach(self) -> Box<dyn Attach<u64>> {
        Self::attach(self)
    }
}

impl<M: Model, O: Send + Sync + 'static> Query<M, O> {
    /// Loads an association with the records, and says so in the type: a `Vec` for one to many, an `Option` or the record itself for one
    /// to one. Several stand side by side in a tuple, and each can include others in turn.
    ///
    /// What is to one is joined to the statement of the query; what is to many is one further SELECT, however many records there are.
    /// The query's own order, limit, offset and count are as they are without it.
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
    /// let users: Vec<(User, Vec<Task>)> = User::find().include(User::TASKS).all(&db).await?;
    /// for (user, tasks) in &users {
    ///     println!("{} has {} tasks", user.name, tasks.len());
    /// }
    /// assert_eq!(users[0].1.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "eager loading")]
    pub fn include<I: Include<M>>(self, association: I) -> Query<M, O::Out>
    where
        O: Append<I::Output>,
    {
        self.map_plan(|plan| Appended::boxed(plan, association.attach()))
    }
}

/// Records in hand.
struct InHand<'r, M>(Vec<&'r M>);

impl<M: Model> Keys for InHand<'_, M> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn key<'k>(&'k self, row: usize, column: usize, to: &mut Result<Value<'k>>) {
        write_value(self.0[row], column, to);
    }
}

impl<M, T, O, S> Related<M, T, O, S>
where
    M: Model,
    T: Model,
    O: Clone + Send + Sync + 'static,
    S: Attached,
{
    /// Loads it for records in hand: for each, in their order, what an include would have given. One SELECT, or several where there are thousands.
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
    /// let users = User::find().all(&db).await?;
    /// let tasks: Vec<Vec<Task>> = User::TASKS.filter(Task::TITLE.ne("memo")).load(&db, &users).await?;
    /// assert_eq!(tasks[0].len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::all`].
    pub fn load<'a, E: Executor + ?Sized>(
        self,
        db: &'a E,
        records: impl IntoIterator<Item = &'a M>,
    ) -> BoxFuture<'a, Result<Vec<S::Of<O>>>> {
        let near = InHand(records.into_iter().collect());
        let handle = db.handle().reading();
        Box::pin(async move { self.of(handle, &near).await })
    }
}

impl<M: Model, T: Model + Clone, K: Kind> Association<M, T, K> {
    /// Loads it for records in hand. See [`Related::load`].
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
    /// let users = User::find().all(&db).await?;
    /// let tasks: Vec<Vec<Task>> = User::TASKS.load(&db, &users).await?;
    /// assert_eq!(tasks[0].len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::all`].
    pub fn load<'a, E: Executor + ?Sized>(
        self,
        db: &'a E,
        records: impl IntoIterator<Item = &'a M>,
    ) -> BoxFuture<'a, Result<Loaded<T, K>>> {
        self.related().load(db, records)
    }
}
