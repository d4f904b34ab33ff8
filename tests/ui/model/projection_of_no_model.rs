// errors: 2
use orm_core::prelude::*;

struct Note {
    id: u64,
}

#[derive(Projection)]
#[projection(model = Note)]
struct Card {
    id: u64,
}

fn main() {}
