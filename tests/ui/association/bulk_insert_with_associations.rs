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
    let draft = User::build().name("Ada").with_tasks([Task::build().title("Read")]);
    User::bulk_insert([draft]).exec(db).await?;
    Ok(())
}

fn main() {
    let _ = run;
}
