use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(unmanaged)]
    title: String,
}

fn main() {}
