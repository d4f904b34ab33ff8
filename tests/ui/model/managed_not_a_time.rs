use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    created_at: i64,
}

fn main() {}
