use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(unique, index)]
    title: String,
}

fn main() {}
