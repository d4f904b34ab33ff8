use orm_core::prelude::*;

#[derive(Model, Clone)]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
#[model(belongs_to(user: User, foreign_key = owner_id))]
struct Task {
    id: u64,
    user_id: u64,
}

fn main() {}
