use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(skip, column = "x")]
    title: String,
}

fn main() {}
