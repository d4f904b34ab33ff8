use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
struct Note {
    id: u64,
    title: String,
}

#[derive(Projection)]
#[projection(model = Note)]
struct Card {
    id: u64,
    title: Option<String>,
}

fn main() {}
