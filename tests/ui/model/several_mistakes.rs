// errors: 4
use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(tabel = "notes")]
struct Note {
    id: u64,
    #[model(uniqe)]
    title: String,
    #[model(text, size = 10)]
    body: String,
    table: u32,
}

fn main() {}
