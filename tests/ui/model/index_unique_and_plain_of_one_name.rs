use orm_core::prelude::*;

#[derive(Model, Clone)]

struct Note {
    id: u64,
    #[model(index = "x")]
    title: String,
    #[model(unique = "x")]
    views: u32,
}

fn main() {}
