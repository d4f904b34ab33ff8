use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(index(name = "x", columns(title)), index(name = "x", columns(views)))]
struct Note {
    id: u64,
    title: String,
    views: u32,
}

fn main() {}
