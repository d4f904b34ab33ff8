//! The accessors of a has_many.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Line, Note, Order, Task, fill, owners};
use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    read,
    questions,
    adds_one,
    adds_many,
    unknown_keys_change_nothing,
    sets_the_difference,
    removes_and_clears,
    records_follow,
    creates,
    an_owner_that_is_gone,
    required_keys,
    composite_keys,
    lists_of_thousands,
    a_transaction_goes_on,
];

async fn read(fixture: &Fixture) -> Outcome {
    let (users, tasks) = fill(fixture).await?;
    let db = &fixture.db;
    check_eq!(users[0].tasks().order_by(Task::ID).all(db).await?, tasks[..2]);
    let letters = users[0].tasks().filter(Task::TITLE.eq("letter"));
    check_eq!(letters.all(db).await?, tasks[1..2]);
    Ok(())
}

async fn questions(fixture: &Fixture) -> Outcome {
    let (users, tasks) = fill(fixture).await?;
    let db = &fixture.db;
    check_eq!(users[0].count_tasks(db).await?, 2);
    check!(users[0].has_task(db, &tasks[0]).await?);
    check!(!users[0].has_task(db, 3_u64).await?);
    check!(!users[0].has_task(db, 99_999_u64).await?);
    check!(users[0].has_tasks(db, &tasks[..2]).await?);
    check!(users[0].has_tasks(db, [1, 2, 2, 1]).await?);
    check!(!users[0].has_tasks(db, &tasks[..3]).await?);
    let listener = Listener::start();
    check!(users[0].has_tasks(db, Vec::<u64>::new()).await?);
    check_eq!(listener.sql(), Vec::<String>::new());
    Ok(())
}

async fn adds_one(fixture: &Fixture) -> Outcome {
    let (users, tasks) = fill(fixture).await?;
    let db = &fixture.db;
    let listener = Listener::start();
    users[0].add_task(db, &tasks[3]).await?;
    let update = r#"UPDATE "tasks" SET "user_id" = ?, "updated_at" = ? WHERE "id" = ?"#;
    check_eq!(listener.sql(), [update]);
    users[1].add_task(db, 1).await?;
    check_eq!(owners(db).await?, [Some(2), Some(1), Some(2), Some(1)]);
    let stamped = Task::find_by_id(db, 1).await?.ok_or("a task")?;
    check!(stamped.updated_at > tasks[0].updated_at);
    Ok(())
}

async fn adds_many(fixture: &Fixture) -> Outcome {
    let (users, tasks) = fill(fixture).await?;
    let db = &fixture.db;
    users[0].add_tasks(db, &tasks[2..]).await?;
    check_eq!(owners(db).await?, [Some(1); 4]);
    // Given twice, it counts once.
    users[1].add_tasks(db, [1, 2, 1]).await?;
    check_eq!(owners(db).await?, [Some(2), Some(2), Some(1), Some(1)]);
    let listener = Listener::start();
    users[1].add_tasks(db, Vec::<Task>::new().iter()).await?;
    check_eq!(listener.sql(), Vec::<String>::new());
    Ok(())
}

async fn unknown_keys_change_nothing(fixture: &Fixture) -> Outcome {
    let (users, mut tasks) = fill(fixture).await?;
    let db = &fixture.db;
    let before = owners(db).await?;
    let unknown = |outcome: Result<(), Error>| match outcome {
        Err(Error::UnknownKeys { table: "tasks", keys }) => Ok(*keys),
        other => Err(format!("{other:?}")),
    };
    let user = &users[0];
    check_eq!(unknown(user.add_task(db, 99_999).await)?, ["99999"]);
    check_eq!(unknown(user.add_tasks(db, [4, 99_999, 3, 77]).await)?, ["99999", "77"]);
    check_eq!(unknown(user.set_tasks(db, [3, 99_999]).await)?, ["99999"]);
    check_eq!(owners(db).await?, before);
    // Nor do the records in memory change.
    tasks[3].destroy(db).await?;
    check_eq!(unknown(user.add_tasks(db, &mut tasks[2..]).await)?, ["4"]);
    check_eq!((tasks[2].user_id, tasks[3].user_id), (Some(2), None));
    check_eq!(owners(db).await?, before[..3]);
    Ok(())
}

async fn sets_the_difference(fixture: &Fixture) -> Outcome {
    let (users, tasks) = fill(fixture).await?;
    let (db, user) = (&fixture.db, &users[0]);
    let listener = Listener::start();
    user.set_tasks(db, &tasks[..2]).await?;
    let select = r#"SELECT "id" FROM "tasks" WHERE "user_id" = ?"#;
    check_eq!(listener.sql(), [select]);
    user.set_tasks(db, [2, 4]).await?;
    let sent: Vec<_> = listener.sql().into_iter().filter(|sql| sql.contains("tasks")).collect();
    let unlink = r#"UPDATE "tasks" SET "user_id" = ?, "updated_at" = ? WHERE "user_id" = ? AND "id" = ?"#;
    let link = r#"UPDATE "tasks" SET "user_id" = ?, "updated_at" = ? WHERE "id" = ?"#;
    check_eq!(sent, [select, unlink, link]);
    check_eq!(owners(db).await?, [None, Some(1), Some(2), Some(1)]);
    let kept = Task::find_by_id(db, 2).await?.ok_or("a task")?;
    check_eq!(kept, tasks[1]);
    user.set_tasks(db, Vec::<u64>::new()).await?;
    check_eq!(owners(db).await?, [None, None, Some(2), None]);
    Ok(())
}

async fn removes_and_clears(fixture: &Fixture) -> Outcome {
    let (users, tasks) = fill(fixture).await?;
    let (db, user) = (&fixture.db, &users[0]);
    check_eq!(user.remove_task(db, 3).await?, 0);
    check_eq!(user.remove_task(db, &tasks[0]).await?, 1);
    check_eq!(user.remove_tasks(db, &tasks).await?, 1);
    check_eq!(owners(db).await?, [None, None, Some(2), None]);
    user.add_tasks(db, [1, 2]).await?;
    check_eq!(user.clear_tasks(db).await?, 2);
    check_eq!(owners(db).await?, [None, None, Some(2), None]);
    Ok(())
}

async fn records_follow(fixture: &Fixture) -> Outcome {
    let (users, mut tasks) = fill(fixture).await?;
    let db = &fixture.db;
    users[0].add_task(db, &mut tasks[3]).await?;
    check_eq!(tasks[3].user_id, Some(1));
    users[1].add_tasks(db, &mut tasks).await?;
    check_eq!(Task::find().order_by(Task::ID).all(db).await?, tasks);
    users[1].remove_tasks(db, &mut tasks[1..]).await?;
    users[0].set_tasks(db, &mut tasks[1..2]).await?;
    check_eq!(Task::find().order_by(Task::ID).all(db).await?, tasks);
    // What belongs to another is not un-linked, in memory neither.
    users[0].remove_tasks(db, &mut tasks[..2]).await?;
    check_eq!((tasks[0].user_id, tasks[1].user_id), (Some(2), None));
    Ok(())
}

async fn creates(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    let listener = Listener::start();
    let task = users[1].create_task(db, Task::build().title("new")).await?;
    check_eq!(listener.take().len(), 1);
    check_eq!(task.user_id, Some(2));
    check_eq!(Task::find_by_id(db, task.id).await?, Some(task));
    let task = users[1].create_task(db, Task::build().title("other").user_id(1)).await?;
    check_eq!(task.user_id, Some(2));
    Ok(())
}

async fn an_owner_that_is_gone(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    users[0].destroy(db).await?;
    check_matches!(users[0].add_task(db, 4).await, Err(Error::ForeignKeyViolation(_)));
    check_matches!(users[0].add_tasks(db, [3, 4]).await, Err(Error::ForeignKeyViolation(_)));
    let created = users[0].create_task(db, Task::build().title("new")).await;
    check_matches!(created, Err(Error::ForeignKeyViolation(_)));
    check_eq!(owners(db).await?, [None, None, Some(2), None]);
    Ok(())
}

async fn required_keys(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    let mut note = users[0].create_note(db, Note::build().user_id(2)).await?;
    check_eq!(note.user_id, 1);
    users[1].add_note(db, &mut note).await?;
    check_eq!(note.user_id, 2);
    check!(users[1].has_note(db, &note).await?);
    Ok(())
}

async fn composite_keys(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let order = Order::build().shop(1).number(7).save(db).await?;
    let lines = [1_u32, 2, 3].map(|row| Line::build().page(1).row(row));
    let mut lines = Line::bulk_create(db, lines).await?;
    order.add_lines(db, [(1, 1), (1, 2)]).await?;
    check_eq!(order.count_lines(db).await?, 2);
    check!(order.has_lines(db, &lines[..2]).await?);
    check!(!order.has_line(db, (1, 3)).await?);
    order.set_lines(db, &mut lines[1..]).await?;
    check_eq!((lines[2].shop_id, lines[2].order_no), (Some(1), Some(7)));
    let found = order.lines().order_by(Line::ROW).all(db).await?;
    check_eq!(found, lines[1..]);
    check_eq!(order.remove_lines(db, [(1, 1), (1, 3)]).await?, 1);
    match order.add_lines(db, [(1, 1), (9, 9)]).await {
        Err(Error::UnknownKeys { table: "lines", keys }) => check_eq!(*keys, ["(9, 9)"]),
        other => return Err(format!("{other:?}").into()),
    }
    check_eq!(order.clear_lines(db).await?, 1);
    let line = order.create_line(db, Line::build().page(2).row(1)).await?;
    check_eq!((line.shop_id, line.order_no), (Some(1), Some(7)));
    Ok(())
}

async fn lists_of_thousands(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let (db, user) = (&fixture.db, &users[0]);
    let tasks = Task::bulk_create(db, (0..2500).map(|n| Task::build().title(format!("task {n}")))).await?;
    let listener = Listener::start();
    user.set_tasks(db, &tasks).await?;
    let updates = listener.sql().iter().filter(|sql| sql.starts_with("UPDATE")).count();
    check_eq!(updates, 4);
    check!(user.has_tasks(db, &tasks).await?);
    check_eq!(user.count_tasks(db).await?, 2500);
    check_eq!(user.remove_tasks(db, &tasks).await?, 2500);
    let with_unknown = tasks.iter().map(|task| task.id).chain([99_999]);
    check_matches!(user.add_tasks(db, with_unknown).await, Err(Error::UnknownKeys { .. }));
    check_eq!(user.count_tasks(db).await?, 0);
    Ok(())
}

async fn a_transaction_goes_on(fixture: &Fixture) -> Outcome {
    let (users, mut tasks) = fill(fixture).await?;
    let (db, user) = (&fixture.db, &users[1]);
    db.transaction(async |tx| {
        user.add_task(tx, 4).await?;
        let unknown = user.set_tasks(tx, [1, 99_999]).await;
        assert!(matches!(unknown, Err(Error::UnknownKeys { .. })), "{unknown:?}");
        user.add_tasks(tx, &mut tasks[..2]).await
    })
    .await?;
    check_eq!(tasks[0].user_id, Some(2));
    check_eq!(owners(db).await?, [Some(2); 4]);
    Ok(())
}
