use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(size = 0)]
    title: String,
}

fn main() {}
