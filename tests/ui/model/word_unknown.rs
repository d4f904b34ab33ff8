use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(colour)]
    title: String,
}

fn main() {}
