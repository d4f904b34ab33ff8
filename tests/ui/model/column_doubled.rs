use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    title: String,
    #[model(column = "Title")]
    heading: String,
}

fn main() {}
