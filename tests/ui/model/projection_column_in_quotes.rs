use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
struct Note {
    id: u64,
    title: String,
}

#[derive(Projection)]
#[projection(model = Note)]
struct Card {
    #[projection(column = "title")]
    text: String,
}

fn main() {}
