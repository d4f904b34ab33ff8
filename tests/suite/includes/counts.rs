//! Numbers of records instead of the records, and required associations.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Profile, Task, User, fill, titles};
use crate::{cases, check_eq};

cases![counts_are_numbers, required_narrows_and_counts_follow, required_below_what_may_be_missing];

async fn counts_are_numbers(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let users: Vec<(User, u64)> = User::find().include(User::TASKS.count()).all(&fixture.db).await?;
    check_eq!(users.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [4, 1, 0]);
    let open = User::TASKS.filter(Task::DONE.eq(false)).count();
    let users = User::find().order_by(User::ID.desc()).include(open).all(&fixture.db).await?;
    check_eq!(users.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [0, 0, 2]);
    Ok(())
}

async fn required_narrows_and_counts_follow(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let tasks: Vec<(Task, User)> = Task::find().include(Task::USER.required()).all(db).await?;
    check_eq!(tasks.len(), 5);
    check_eq!(Task::find().include(Task::USER.required()).count(db).await?, 5);
    let query = || User::find().include(User::TASKS.filter(Task::DONE.eq(false)).required());
    let users = query().all(db).await?;
    check_eq!(users.len(), 1);
    check_eq!(titles(&users[0].1), ["letter", "archive"]);
    check_eq!(query().count(db).await?, 1);
    check_eq!(query().limit(5).find_and_count(db).await?.1, 1);
    let profiles = User::find().include(User::PROFILE.required()).limit(1).all(db).await?;
    check_eq!(profiles.iter().map(|(_, profile)| profile.bio.as_str()).collect::<Vec<_>>(), ["Mister"]);
    let filtered = User::PROFILE.required().filter(Profile::BIO.eq("nothing"));
    check_eq!(User::find().include(filtered).all(db).await?, Vec::<(User, Profile)>::new());
    Ok(())
}

async fn required_below_what_may_be_missing(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    // The owner counts only where it has a profile; the task stays.
    let owner = Task::USER.include(User::PROFILE.required());
    let tasks = Task::find().include(owner).all(db).await?;
    check_eq!(tasks.len(), 6);
    check_eq!(tasks.iter().filter(|(_, owner)| owner.is_some()).count(), 4);
    let owner = Task::USER.include(User::PROFILE.required()).required();
    let query = || Task::find().include(owner);
    let tasks: Vec<(Task, (User, Profile))> = query().all(db).await?;
    check_eq!(tasks.len(), 4);
    let owner = Task::USER.include(User::PROFILE.required()).required();
    check_eq!(Task::find().include(owner).count(db).await?, 4);
    let owner = Task::USER.include(User::TASKS.filter(Task::TITLE.eq("call")).required());
    let tasks = Task::find().include(owner).all(db).await?;
    check_eq!(tasks.iter().filter(|(_, owner)| owner.is_some()).count(), 1);
    Ok(())
}
