use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {}

fn main() {}
