use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(rename_all = "CamelCase")]
struct Note {
    id: u64,
    title: String,
}

fn main() {}
