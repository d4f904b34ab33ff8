use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(size = 10)]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
