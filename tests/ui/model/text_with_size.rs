use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(text, size = 10)]
    title: String,
}

fn main() {}
