use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(tasks: Task), has_one(task: Task, foreign_key = reviewer_id))]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = User)]
    user_id: u64,
    #[model(belongs_to = User)]
    reviewer_id: u64,
}

fn main() {}
