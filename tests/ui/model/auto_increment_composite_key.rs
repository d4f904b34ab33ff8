use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    #[model(primary_key, auto_increment)]
    shop_id: u64,
    #[model(primary_key)]
    number: u64,
}

fn main() {}
