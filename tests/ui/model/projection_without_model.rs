use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
struct Note {
    id: u64,
    title: String,
}

#[derive(Projection)]
struct Card {
    id: u64,
}

fn main() {}
