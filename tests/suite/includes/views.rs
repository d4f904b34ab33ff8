//! Structs for what was loaded.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Comment, Profile, Task, User, fill};
use crate::{cases, check_eq};

cases![views_nest];

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
