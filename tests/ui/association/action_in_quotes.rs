use orm_core::prelude::*;

#[derive(Model, Clone)]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = User, on_delete = "CASCADE")]
    user_id: Option<u64>,
}

fn main() {}
