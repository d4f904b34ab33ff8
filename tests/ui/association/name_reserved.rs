use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Column {
    id: u64,
    #[model(belongs_to = Table)]
    table_id: u64,
}

#[derive(Model, Clone)]
struct Table {
    id: u64,
}

fn main() {}
