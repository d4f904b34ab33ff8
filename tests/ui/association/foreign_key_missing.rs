use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(tasks: Task))]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    user_id: u64,
}

fn main() {}
