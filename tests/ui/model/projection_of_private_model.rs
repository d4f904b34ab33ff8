use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
}

#[derive(Projection)]
#[projection(model = Note)]
pub struct Card {
    id: u64,
}

fn main() {}
