//! Reading and changing what a record is associated with.

mod belongs_to;
mod has_many;
mod has_one;
mod many_to_many;

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

/// The behaviours of all parts.
pub(crate) fn cases() -> Vec<crate::Case> {
    [belongs_to::cases(), has_many::cases(), has_one::cases(), many_to_many::cases()]
        .into_iter()
        .flatten()
        .collect()
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(tasks: Task), has_one(profile: Profile), has_many(notes: Note))]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Task {
    pub(crate) id: u64,
    pub(crate) title: String,
    #[model(belongs_to = User)]
    pub(crate) user_id: Option<u64>,
    pub(crate) updated_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    pub(crate) id: u64,
    #[model(belongs_to = User, unique)]
    pub(crate) user_id: Option<u64>,
}

/// Its key is required.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Note {
    pub(crate) id: u64,
    #[model(belongs_to = User)]
    pub(crate) user_id: u64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(lines: Line, foreign_key = (shop_id, order_no)))]
pub(crate) struct Order {
    #[model(primary_key)]
    pub(crate) shop: u64,
    #[model(primary_key)]
    pub(crate) number: u32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(belongs_to(order: Order, foreign_key = (shop_id, order_no)))]
pub(crate) struct Line {
    #[model(primary_key)]
    pub(crate) page: u32,
    #[model(primary_key)]
    pub(crate) row: u32,
    pub(crate) shop_id: Option<u64>,
    pub(crate) order_no: Option<u32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Country {
    pub(crate) id: u64,
    #[model(unique, case_sensitive)]
    pub(crate) code: String,
}

/// Its foreign key holds no primary key.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct City {
    pub(crate) id: u64,
    #[model(belongs_to = Country, as = home, target_key = code)]
    pub(crate) country: Option<String>,
}

/// Two users, four tasks, the first two John's, the third Jane's.
pub(crate) async fn fill(fixture: &Fixture) -> Outcome<(Vec<User>, Vec<Task>)> {
    let db = &fixture.db;
    db.sync(&[User::TABLE, Task::TABLE, Profile::TABLE, Note::TABLE]).await?;
    db.sync(&[Order::TABLE, Line::TABLE, Country::TABLE, City::TABLE]).await?;
    let users = User::bulk_create(db, ["John", "Jane"].map(|name| User::build().name(name))).await?;
    let tasks = [("memo", Some(1_u64)), ("letter", Some(1)), ("call", Some(2)), ("orphan", None)];
    let tasks =
        Task::bulk_create(db, tasks.map(|(title, user)| Task::build().title(title).user_id(user))).await?;
    Ok((users, tasks))
}

/// Whose each task is, by id.
pub(crate) async fn owners(db: &Db) -> Outcome<Vec<Option<u64>>> {
    Ok(Task::find().order_by(Task::ID).select(Task::USER_ID).all(db).await?)
}
