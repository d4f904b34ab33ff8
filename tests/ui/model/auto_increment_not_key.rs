use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(auto_increment)]
    views: u64,
}

fn main() {}
