use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(tasks: Task))]
struct User {
    id: u64,
    with_tasks: bool,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = User)]
    user_id: u64,
}

fn main() {}
