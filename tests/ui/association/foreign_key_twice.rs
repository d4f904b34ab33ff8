use orm_core::prelude::*;

#[derive(Model, Clone)]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
#[model(belongs_to(owner: User, foreign_key = user_id))]
struct Task {
    id: u64,
    #[model(belongs_to = User)]
    user_id: u64,
}

fn main() {}
