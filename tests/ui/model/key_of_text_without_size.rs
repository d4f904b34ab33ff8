use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    #[model(primary_key, text)]
    code: String,
}

fn main() {}
