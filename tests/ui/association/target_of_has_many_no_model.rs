use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(tasks: Task))]
struct User {
    id: u64,
}

struct Task {
    user_id: u64,
}

fn main() {}
