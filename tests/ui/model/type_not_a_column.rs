use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    tags: Vec<String>,
}

fn main() {}
