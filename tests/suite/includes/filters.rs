//! Conditions on what an association leads to, and orders by it.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Comment, Profile, Task, User, fill};
use crate::{cases, check_eq};

cases![any_none_every, through_several, in_updates_and_destroys, orders_by_a_record_on_the_other_side];

async fn names(fixture: &Fixture, condition: Expr<User>) -> Result<Vec<String>, Error> {
    User::find().filter(condition).order_by(User::ID).select(User::NAME).all(&fixture.db).await
}

async fn any_none_every(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    check_eq!(names(fixture, User::TASKS.any(Task::DONE.eq(false))).await?, ["John"]);
    check_eq!(names(fixture, User::TASKS.any(Expr::all([]))).await?, ["John", "Jane"]);
    check_eq!(names(fixture, User::TASKS.none(Task::DONE.eq(false))).await?, ["Jane", "Joe"]);
    check_eq!(names(fixture, User::TASKS.none(Expr::all([]))).await?, ["Joe"]);
    // Jane's only task is neither done nor not: it does not meet the condition.
    check_eq!(names(fixture, User::TASKS.every(Task::DONE.eq(false))).await?, ["Joe"]);
    check_eq!(names(fixture, User::TASKS.every(Task::DONE.is_null())).await?, ["Jane", "Joe"]);
    check_eq!(names(fixture, !User::TASKS.any(Task::DONE.is_null()) & User::ID.gt(0)).await?, ["Joe"]);
    check_eq!(names(fixture, User::PROFILE.any(Profile::BIO.starts_with("M"))).await?, ["John"]);
    // An owner of several counts once, for an offset too.
    let page = User::find().filter(User::TASKS.any(Task::ID.gt(0))).order_by(User::ID).limit(1).offset(1);
    check_eq!(page.select(User::NAME).all(&fixture.db).await?, ["Jane"]);
    Ok(())
}

async fn through_several(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let commented = User::TASKS.any(Task::COMMENTS.any(Comment::BODY.eq("three")));
    check_eq!(names(fixture, commented).await?, ["John"]);
    let quiet = User::TASKS.none(Task::COMMENTS.any(Expr::all([])));
    check_eq!(names(fixture, quiet).await?, ["Jane", "Joe"]);
    let siblings = Task::USER.any(User::TASKS.any(Task::TITLE.eq("memo")));
    check_eq!(Task::find().filter(siblings).count(&fixture.db).await?, 4);
    Ok(())
}

async fn in_updates_and_destroys(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let busy = User::TASKS.any(Task::DONE.eq(false));
    check_eq!(User::find().filter(busy).update(db, User::NAME.set("Busy")).await?, 1);
    // The question is about rows of the very table that changes.
    let siblings = || Task::USER.any(User::TASKS.any(Task::TITLE.eq("memo")));
    check_eq!(Task::find().filter(siblings()).update(db, Task::DONE.set(true)).await?, 4);
    check_eq!(Task::find().filter(siblings() & Task::COMMENTS.none(Expr::all([]))).destroy(db).await?, 2);
    check_eq!(Task::find().count(db).await?, 4);
    Ok(())
}

async fn orders_by_a_record_on_the_other_side(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let query = Task::find().filter(Task::USER_ID.is_not_null());
    let ids = query.order_by((Task::USER.by(User::NAME), Task::ID.desc())).select(Task::ID).all(db).await?;
    check_eq!(ids, [3, 6, 5, 2, 1]);
    let ids: Vec<u64> = Comment::find()
        .order_by((
            Comment::TASK.by(Task::USER.by(User::NAME.desc())),
            Comment::TASK.by(Task::TITLE),
            Comment::ID,
        ))
        .include(Comment::TASK)
        .all(db)
        .await?
        .into_iter()
        .map(|(comment, _)| comment.id)
        .collect();
    check_eq!(ids, [3, 1, 2]);
    Ok(())
}
