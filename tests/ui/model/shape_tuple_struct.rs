use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note(u64, String);

fn main() {}
