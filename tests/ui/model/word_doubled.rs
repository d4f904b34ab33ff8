use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(size = 10, size = 20)]
    title: String,
}

fn main() {}
