use orm_core::prelude::*;

#[derive(Model, Clone)]
enum Note {
    A,
    B,
}

fn main() {}
