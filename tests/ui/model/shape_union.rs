use orm_core::prelude::*;

#[derive(Model, Clone, Copy)]
union Note {
    id: u64,
    other: i64,
}

fn main() {}
