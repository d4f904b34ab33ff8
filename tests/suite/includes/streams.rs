//! Streams of what was included.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Task, User, fill};
use crate::{cases, check_eq};

cases![to_one_streams_row_by_row, to_many_streams_in_batches, in_a_transaction_all_rows_are_one_batch];

async fn to_one_streams_row_by_row(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let mut tasks = Task::find().include(Task::USER).stream(&fixture.db);
    let mut owners = Vec::new();
    while let Some(row) = tasks.next().await {
        owners.push(row?.1.map(|user| user.id));
    }
    check_eq!(owners, [Some(1), Some(1), Some(2), None, Some(1), Some(1)]);
    Ok(())
}

async fn to_many_streams_in_batches(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[User::TABLE, Task::TABLE]).await?;
    User::bulk_create(db, (0..2100).map(|n| User::build().name(format!("user {n}")))).await?;
    Task::bulk_create(db, (0..4200_u64).map(|n| Task::build().title("t").user_id(n / 2 + 1))).await?;
    let mut users = User::find().include(User::TASKS).stream(db);
    let mut seen = 0;
    while let Some(row) = users.next().await {
        let (user, tasks) = row?;
        seen += 1;
        check_eq!(user.id, seen);
        check_eq!(tasks.iter().map(|task| task.user_id).collect::<Vec<_>>(), [Some(seen), Some(seen)]);
    }
    check_eq!(seen, 2100);
    Ok(())
}

async fn in_a_transaction_all_rows_are_one_batch(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[User::TABLE, Task::TABLE]).await?;
    let tx = db.begin().await?;
    User::bulk_create(&tx, (0..1500).map(|n| User::build().name(format!("user {n}")))).await?;
    Task::bulk_create(&tx, (0..1500_u64).map(|n| Task::build().title("t").user_id(n + 1))).await?;
    let mut users = User::find().include(User::TASKS).stream(&tx);
    let mut seen = 0;
    while let Some(row) = users.next().await {
        seen += row?.1.len();
    }
    check_eq!(seen, 1500);
    drop(users);
    tx.rollback().await?;
    check_eq!(User::find().count(db).await?, 0);
    Ok(())
}
