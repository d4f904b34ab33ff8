use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    score: Option<Option<i32>>,
}

fn main() {}
