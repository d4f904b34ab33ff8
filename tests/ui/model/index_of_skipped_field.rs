use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(index(extra))]
struct Note {
    id: u64,
    #[model(skip)]
    extra: String,
}

fn main() {}
