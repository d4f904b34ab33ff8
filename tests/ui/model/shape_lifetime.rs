use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note<'a> {
    id: u64,
    title: &'a str,
}

fn main() {}
