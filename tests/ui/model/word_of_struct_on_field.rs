use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(table = "notes")]
    title: String,
}

fn main() {}
