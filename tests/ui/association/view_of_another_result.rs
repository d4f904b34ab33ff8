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

#[derive(View)]
struct Page {
    user: User,
    tasks: Vec<Task>,
}

async fn run(db: &Db) -> orm_core::Result<Vec<Page>> {
    User::find().all_as(db).await
}

fn main() {
    let _ = run;
}
