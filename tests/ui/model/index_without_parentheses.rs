use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(index = "title")]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
