use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(size = 10 unique)]
    title: String,
}

fn main() {}
