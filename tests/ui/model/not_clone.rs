use orm_core::prelude::*;

#[derive(Model)]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
