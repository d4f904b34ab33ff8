use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    #[model(unique)]
    id: u64,
}

fn main() {}
