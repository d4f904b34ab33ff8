//! Conditions on what an association leads to.

use super::association::{Association, Kind};
use crate::model::{Expr, Model};
use crate::sql::{Expr as Node, Test};

impl<M: Model, T: Model, K: Kind> Association<M, T, K> {
    fn test(self, test: Test, condition: Expr<T>) -> Expr<M> {
        let filter = vec![condition.into_node()];
        Expr::from_node(Node::Related { link: self.link(), test, filter, through: Vec::new() })
    }

    /// Whether any record of it meets the condition: `EXISTS (SELECT 1 ..)`.
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
    /// let busy = User::find().filter(User::TASKS.any(Task::TITLE.eq("memo"))).all(&db).await?;
    /// assert_eq!(busy.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "some")]
    pub fn any(self, condition: Expr<T>) -> Expr<M> {
        self.test(Test::Any, condition)
    }

    /// Whether none of its records meets the condition: `NOT EXISTS (SELECT 1 ..)`.
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
    /// let idle = User::find().filter(User::TASKS.none(Expr::all([]))).count(&db).await?;   // no task at all
    /// assert_eq!(idle, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn none(self, condition: Expr<T>) -> Expr<M> {
        self.test(Test::None, condition)
    }

    /// Whether all of its records meet the condition, as they do where there are none. A record for which the condition is neither true
    /// nor false, because of a NULL, does not meet it: `NOT EXISTS (SELECT 1 .. AND (condition) IS NOT TRUE)`.
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
    /// let writers = User::find().filter(User::TASKS.every(Task::TITLE.contains("e"))).count(&db).await?;
    /// assert_eq!(writers, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn every(self, condition: Expr<T>) -> Expr<M> {
        self.test(Test::Every, condition)
    }
}
