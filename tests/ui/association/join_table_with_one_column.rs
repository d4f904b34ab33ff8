use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(many_to_many(friends: Person, through = "friendships"))]
struct Person {
    id: u64,
}

fn main() {}
