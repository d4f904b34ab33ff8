use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(defaultValue = 0)]
    views: u32,
}

fn main() {}
