use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(text)]
    views: u32,
}

fn main() {}
