use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(tasks: Task), many_to_many(labels: Label, through = Task))]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
struct Label {
    id: u64,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = User, indx)]
    user_id: u64,
    #[model(belongs_to = Label)]
    label_id: u64,
}

async fn use_it(db: &Db) -> orm_core::Result<()> {
    User::find().include(User::TASKS).all(db).await?;
    Task::find().include(Task::USER).include(Task::LABEL).all(db).await?;
    Ok(())
}

fn main() {}
