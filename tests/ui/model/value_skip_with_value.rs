use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(skip = true)]
    title: String,
}

fn main() {}
