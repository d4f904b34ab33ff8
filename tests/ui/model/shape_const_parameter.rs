use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note<const N: usize> {
    id: u64,
}

fn main() {}
