use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    title: String,
}

fn main() {}
