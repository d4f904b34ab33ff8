use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(index(body))]
struct Note {
    id: u64,
    #[model(text)]
    body: String,
}

fn main() {}
