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

async fn run(db: &Db, user: User, task: Task) -> orm_core::Result<()> {
    let _ = task;
    user.clear_tasks(db).await?;
    Ok(())
}

fn main() {
    let _ = run;
}
