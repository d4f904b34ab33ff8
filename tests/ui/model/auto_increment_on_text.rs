use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    #[model(primary_key, auto_increment)]
    code: String,
}

fn main() {}
