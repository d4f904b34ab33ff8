use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(precision = 3)]
    title: String,
}

fn main() {}
