use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note<T> {
    id: u64,
    value: T,
}

fn main() {}
