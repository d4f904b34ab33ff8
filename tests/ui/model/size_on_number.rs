use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(size = 10)]
    views: u32,
}

fn main() {}
