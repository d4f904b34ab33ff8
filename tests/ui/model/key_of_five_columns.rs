use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    #[model(primary_key)]
    a: u64,
    #[model(primary_key)]
    b: u64,
    #[model(primary_key)]
    c: u64,
    #[model(primary_key)]
    d: u64,
    #[model(primary_key)]
    e: u64,
}

fn main() {}
