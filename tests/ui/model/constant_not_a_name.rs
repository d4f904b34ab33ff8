use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(const_name = "1")]
    title: String,
}

fn main() {}
