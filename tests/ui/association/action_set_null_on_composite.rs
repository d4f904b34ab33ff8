use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Order {
    #[model(primary_key)]
    shop: u64,
    #[model(primary_key)]
    number: u64,
}

#[derive(Model, Clone)]
#[model(belongs_to(order: Order, foreign_key = (shop_id, order_no), on_delete = set_null))]
struct Line {
    id: u64,
    shop_id: u64,
    order_no: Option<u64>,
}

fn main() {}
