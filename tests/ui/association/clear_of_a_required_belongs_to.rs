use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(tasks: Task))]
struct User {
    id: u64,
    name: String,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    title: String,
    #[model(belongs_to = User)]
    user_id: u64,
}

async fn run(db: &Db) -> orm_core::Result<()> {
    let (mut task, _) = Task::build().title("memo").with_user(User::build().name("John")).save(db).await?;
    task.clear_user(db).await?;
    Ok(())
}

fn main() {
    let _ = run;
}
