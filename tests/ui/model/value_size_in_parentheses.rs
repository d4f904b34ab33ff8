use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(size(10))]
    title: String,
}

fn main() {}
