use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(columns: Item))]
struct Basket {
    id: u64,
}

#[derive(Model, Clone)]
struct Item {
    id: u64,
    #[model(belongs_to = Basket)]
    basket_id: u64,
}

fn main() {}
