//! Order, limit and offset for each owner.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Task, User, fill, titles};
use crate::statements::Listener;
use crate::{cases, check, check_eq};

cases![
    a_limit_is_for_each_owner,
    an_offset_is_for_each_owner,
    orders_hold_inside_a_limit,
    a_limit_and_a_join,
    thousands_with_a_limit
];

async fn a_limit_is_for_each_owner(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let users = User::find().include(User::TASKS.limit(2)).all(&fixture.db).await?;
    check_eq!(titles(&users[0].1), ["memo", "letter"]);
    check_eq!(titles(&users[1].1), ["call"]);
    let none = User::find().include(User::TASKS.limit(0)).all(&fixture.db).await?;
    check_eq!(none[0].1, []);
    Ok(())
}

async fn an_offset_is_for_each_owner(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let users = User::find().include(User::TASKS.offset(1).limit(2)).all(&fixture.db).await?;
    check_eq!(titles(&users[0].1), ["letter", "archive"]);
    check_eq!(users[1].1, []);
    let users = User::find().include(User::TASKS.offset(3)).all(&fixture.db).await?;
    check_eq!(titles(&users[0].1), ["back-up"]);
    Ok(())
}

async fn orders_hold_inside_a_limit(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let ordered = User::TASKS.order_by(Task::TITLE.desc());
    let users = User::find().include(ordered).all(&fixture.db).await?;
    check_eq!(titles(&users[0].1), ["memo", "letter", "back-up", "archive"]);
    let ordered =
        User::TASKS.filter(Task::ID.ne(1)).order_by((Task::DONE.asc().nulls_last(), Task::ID.desc()));
    let users = User::find().include(ordered.limit(2)).all(&fixture.db).await?;
    check_eq!(titles(&users[0].1), ["archive", "letter"]);
    Ok(())
}

async fn a_limit_and_a_join(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let tasks =
        User::TASKS.order_by(Task::ID.desc()).limit(1).include(Task::USER.filter(User::NAME.eq("John")));
    let users = User::find().include(tasks).all(&fixture.db).await?;
    let (task, owner) = &users[0].1[0];
    check_eq!((task.title.as_str(), owner.as_ref().map(|user| user.id)), ("back-up", Some(1)));
    check_eq!(users[1].1[0].1, None);
    // What a required association leaves out is left out before the limit counts.
    let tasks = User::TASKS.limit(1).include(Task::USER.filter(User::NAME.ne("John")).required());
    let users = User::find().include(tasks).all(&fixture.db).await?;
    check_eq!((users[0].1.len(), users[1].1.len()), (0, 1));
    let by_owner = User::TASKS.order_by((Task::USER.by(User::NAME), Task::TITLE)).limit(1);
    let users = User::find().include(by_owner).all(&fixture.db).await?;
    check_eq!(titles(&users[0].1), ["archive"]);
    Ok(())
}

async fn thousands_with_a_limit(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[User::TABLE, Task::TABLE]).await?;
    User::bulk_create(db, (0..1200).map(|n| User::build().name(format!("user {n}")))).await?;
    let tasks = (0..3600_u64).map(|n| Task::build().title(format!("{}", n / 1200)).user_id(n % 1200 + 1));
    Task::bulk_create(db, tasks).await?;
    let listener = Listener::start();
    let users = User::find().include(User::TASKS.order_by(Task::ID.desc()).limit(2)).all(db).await?;
    // The batches are smaller where each owner is a SELECT of its own.
    check!(listener.sql().len() <= 13);
    for (user, tasks) in &users {
        check_eq!(titles(tasks), ["2", "1"]);
        check_eq!(tasks[0].user_id, Some(user.id));
    }
    Ok(())
}
