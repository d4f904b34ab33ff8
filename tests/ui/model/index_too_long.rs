use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(index(a, b, c, d))]
struct Note {
    id: u64,
    a: String,
    b: String,
    c: String,
    d: String,
}

fn main() {}
