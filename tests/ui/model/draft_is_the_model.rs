use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(draft = "Note")]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
