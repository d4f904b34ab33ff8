use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(column_type = "CHAR(3)", size = 3)]
    title: String,
}

fn main() {}
