//! Structs for what was loaded.

use orm_core::relation::View;
use tests::{Fixture, Outcome};

use super::{Comment, Profile, Task, User, fill};
use crate::{cases, check_eq};
use orm_core::prelude::Record as _;

cases![views_nest];

struct TaskView {
    task: Task,
    comments: Vec<Comment>,
}

impl View for TaskView {
    type Loaded = (Task, Vec<Comment>);

    fn view((task, comments): Self::Loaded) -> Self {
        Self { task, comments }
    }
}

struct UserPage {
    user: User,
    tasks: Vec<TaskView>,
    profile: Option<Profile>,
    number: u64,
}

impl View for UserPage {
    type Loaded = (User, Vec<(Task, Vec<Comment>)>, Option<Profile>, u64);

    fn view((user, tasks, profile, number): Self::Loaded) -> Self {
        Self { user, tasks: View::view(tasks), profile, number }
    }
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
    let page: Option<UserPage> = query().one_as(&fixture.db).await?;
    check_eq!(page.map(|page| page.tasks.len()), Some(4));
    Ok(())
}
