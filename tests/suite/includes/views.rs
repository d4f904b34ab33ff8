//! Structs for what was loaded.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Comment, Profile, Task, User, fill};
use crate::{cases, check_eq};

cases![views_nest, views_become_json];

#[derive(View)]
struct TaskView {
    task: Task,
    comments: Vec<Comment>,
}

#[derive(View)]
struct UserPage {
    user: User,
    tasks: Vec<TaskView>,
    profile: Option<Profile>,
    number: u64,
}

async fn views_nest(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let query = || {
        User::find()
            .include(User::TASKS.include(Task::COMMENTS))
            .include(User::PROFILE)
            .include(User::TASKS.count())
    };
    let pages: Vec<UserPage> = query().all_as(&fixture.db).await?;
    check_eq!((pages[0].user.id, pages[0].number, pages[0].profile.is_some()), (1, 4, true));
    check_eq!((pages[0].tasks[0].task.title.as_str(), pages[0].tasks[0].comments.len()), ("memo", 2));
    let by_hand = query().one(&fixture.db).await?.map(UserPage::from);
    check_eq!(by_hand.map(|page| page.user.name), Some("John".to_owned()));
    let page: Option<UserPage> = query().one_as(&fixture.db).await?;
    check_eq!(page.map(|page| page.tasks.len()), Some(4));
    Ok(())
}

#[derive(Model, serde::Serialize, Debug, Clone, PartialEq)]
#[model(has_many(lines: OrderLine))]
struct Order {
    id: u64,
    customer: String,
}

#[derive(Model, serde::Serialize, Debug, Clone, PartialEq)]
struct OrderLine {
    id: u64,
    article: String,
    #[model(belongs_to = Order)]
    order_id: u64,
}

/// What an API gives: the order's own fields beside its lines.
#[derive(View, serde::Serialize)]
struct OrderPage {
    #[serde(flatten)]
    order: Order,
    lines: Vec<LineView>,
}

#[derive(View, serde::Serialize)]
struct LineView {
    #[serde(flatten)]
    line: OrderLine,
    order: Order,
}

async fn views_become_json(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[Order::TABLE, OrderLine::TABLE]).await?;
    Order::build().customer("Ada").with_lines([OrderLine::build().article("tea")]).save(db).await?;
    let pages: Vec<OrderPage> =
        Order::find().include(Order::LINES.include(OrderLine::ORDER)).all_as(db).await?;
    let line = serde_json::json!({
        "id": 1, "article": "tea", "order_id": 1, "order": { "id": 1, "customer": "Ada" }
    });
    let page = serde_json::json!([{ "id": 1, "customer": "Ada", "lines": [line] }]);
    check_eq!(serde_json::to_value(pages)?, page);
    Ok(())
}
