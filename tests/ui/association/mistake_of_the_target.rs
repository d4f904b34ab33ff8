use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(tasks: Task))]
struct User {
    id: u64,
    #[model(siz = 10)]
    name: String,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = User)]
    user_id: u64,
}

async fn use_it(db: &Db) -> orm_core::Result<()> {
    User::find().include(User::TASKS.filter(Task::ID.eq(1))).all(db).await?;
    User::find().filter(User::TASKS.any(Task::ID.eq(1))).all(db).await?;
    Ok(())
}

fn main() {}
