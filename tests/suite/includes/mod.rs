//! Eager loading.

mod counter;
mod counts;
mod filters;
mod limits;
mod nested;
mod plain;
mod random;
mod streams;
mod views;

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

/// The behaviours of all parts.
pub(crate) fn cases() -> Vec<crate::Case> {
    [
        counter::cases(),
        counts::cases(),
        filters::cases(),
        limits::cases(),
        nested::cases(),
        plain::cases(),
        random::cases(),
        streams::cases(),
        views::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(tasks: Task), has_one(profile: Profile))]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    pub(crate) id: u64,
    pub(crate) bio: String,
    #[model(belongs_to = User)]
    pub(crate) user_id: Option<u64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(comments: Comment))]
pub(crate) struct Task {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) done: Option<bool>,
    #[model(belongs_to = User)]
    pub(crate) user_id: Option<u64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) body: String,
    #[model(belongs_to = Task)]
    pub(crate) task_id: u64,
}

/// Three users: John with four tasks, Jane with one, Joe with none. Only John has a profile. Tasks have comments: the first two, the second one.
pub(crate) async fn fill(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[User::TABLE, Profile::TABLE, Task::TABLE, Comment::TABLE]).await?;
    User::bulk_create(db, ["John", "Jane", "Joe"].map(|name| User::build().name(name))).await?;
    Profile::build().bio("Mister").user_id(1_u64).save(db).await?;
    Profile::build().bio("Nobody").save(db).await?;
    let tasks = [
        ("memo", Some(true), Some(1_u64)),
        ("letter", Some(false), Some(1)),
        ("call", None, Some(2)),
        ("orphan", Some(false), None),
        ("archive", Some(false), Some(1)),
        ("back-up", None, Some(1)),
    ];
    Task::bulk_create(
        db,
        tasks.map(|(title, done, user)| Task::build().title(title).done(done).user_id(user)),
    )
    .await?;
    let comments = [("one", 1_u64), ("two", 1), ("three", 2)];
    Comment::bulk_create(db, comments.map(|(body, task)| Comment::build().body(body).task_id(task))).await?;
    Ok(())
}

/// The titles of tasks.
pub(crate) fn titles(tasks: &[Task]) -> Vec<&str> {
    tasks.iter().map(|task| task.title.as_str()).collect()
}
