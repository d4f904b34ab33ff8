use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    table: String,
}

fn main() {}
