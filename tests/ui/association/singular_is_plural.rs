use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(sheep: Sheep))]
struct Farm {
    id: u64,
}

#[derive(Model, Clone)]
struct Sheep {
    id: u64,
    #[model(belongs_to = Farm)]
    farm_id: u64,
}

fn main() {}
