use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    #[model(primary_key)]
    a: String,
    #[model(primary_key)]
    b: String,
    #[model(primary_key)]
    c: String,
    #[model(primary_key)]
    d: String,
}

fn main() {}
