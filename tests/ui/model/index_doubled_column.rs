use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(index(title, title))]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
