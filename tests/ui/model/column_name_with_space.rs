use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(column = "title ")]
    title: String,
}

fn main() {}
