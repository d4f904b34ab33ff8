//! Structs of the user's own for what an include loads.

use crate::db::Executor;
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::model::Model;
use crate::query::Query;

/// A struct whose fields are, by position, the parts of a result: the record and what was included. Derived: `#[derive(View)]`.
///
/// A field is a model, a view, a number of records, or a `Vec` or an `Option` of these, so that views nest.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a view",
    label = "not a view",
    note = "add #[derive(View)] to the struct"
)]
pub trait View: Sized {
    /// The result that it is made of: `(User, Vec<Task>)`.
    type Loaded;

    /// Makes it of the result.
    fn view(loaded: Self::Loaded) -> Self;
}

#[diagnostic::do_not_recommend]
impl<M: Model> View for M {
    type Loaded = Self;

    fn view(loaded: Self) -> Self {
        loaded
    }
}

impl<V: View> View for Vec<V> {
    type Loaded = Vec<V::Loaded>;

    fn view(loaded: Self::Loaded) -> Self {
        loaded.into_iter().map(V::view).collect()
    }
}

impl<V: View> View for Option<V> {
    type Loaded = Option<V::Loaded>;

    fn view(loaded: Self::Loaded) -> Self {
        loaded.map(V::view)
    }
}

/// What is shown as it is.
macro_rules! plain {
    ($($type:ty)+) => {
        $(impl View for $type {
            type Loaded = Self;

            fn view(loaded: Self) -> Self {
                loaded
            }
        })+
    };
}

plain!(bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 String);

macro_rules! tuple {
    ($($type:ident $n:tt),+) => {
        impl<$($type: View),+> View for ($($type,)+) {
            type Loaded = ($($type::Loaded,)+);

            fn view(loaded: Self::Loaded) -> Self {
                ($($type::view(loaded.$n),)+)
            }
        }
    };
}

tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);

impl<M: Model, O: Send + 'static> Query<M, O> {
    /// All rows, each as a view of what was loaded. See [`Query::all`].
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
    /// #[derive(View)]
    /// struct UserPage {
    ///     user: User,
    ///     tasks: Vec<Task>,
    /// }
    ///
    /// let pages: Vec<UserPage> = User::find().include(User::TASKS).all_as(&db).await?;
    /// assert_eq!(pages[0].tasks.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::all`].
    pub fn all_as<'db, V: View<Loaded = O>, E: Executor + ?Sized>(
        self,
        db: &'db E,
    ) -> BoxFuture<'db, Result<Vec<V>>> {
        let rows = self.all(db);
        Box::pin(async move { Ok(rows.await?.into_iter().map(V::view).collect()) })
    }

    /// The first row as a view of what was loaded, if there is one. See [`Query::one`].
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
    /// #[derive(View)]
    /// struct UserPage {
    ///     user: User,
    ///     tasks: Vec<Task>,
    /// }
    ///
    /// let page: Option<UserPage> = User::find().include(User::TASKS).one_as(&db).await?;
    /// assert_eq!(page.map(|page| page.user.name), Some("John".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::all`].
    pub fn one_as<'db, V: View<Loaded = O>, E: Executor + ?Sized>(
        self,
        db: &'db E,
    ) -> BoxFuture<'db, Result<Option<V>>> {
        let row = self.one(db);
        Box::pin(async move { Ok(row.await?.map(V::view)) })
    }
}
