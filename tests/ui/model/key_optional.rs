use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: Option<u64>,
    title: String,
}

fn main() {}
