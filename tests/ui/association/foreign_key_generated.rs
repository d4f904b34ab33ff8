use orm_core::prelude::*;

#[derive(Model, Clone)]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
struct Profile {
    #[model(belongs_to = User, as = user)]
    id: u64,
}

fn main() {}
