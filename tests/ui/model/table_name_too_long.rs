use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
