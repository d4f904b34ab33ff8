use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(tabel = "notes")]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
