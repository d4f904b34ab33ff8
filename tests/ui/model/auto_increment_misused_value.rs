use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    #[model(auto_increment = 5)]
    id: u64,
}

fn main() {}
