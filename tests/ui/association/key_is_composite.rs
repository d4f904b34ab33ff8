use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Order {
    #[model(primary_key)]
    shop: u64,
    #[model(primary_key)]
    number: u64,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = Order)]
    order_id: u64,
}

fn main() {}
