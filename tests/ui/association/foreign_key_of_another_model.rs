use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Project {
    id: u64,
}

#[derive(Model, Clone)]
#[model(has_many(tasks: Task, foreign_key = project_id))]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = Project)]
    project_id: u64,
}

fn main() {}
