use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(crate = 5)]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
