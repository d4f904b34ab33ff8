use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Country {
    id: u64,
    #[model(unique, case_sensitive)]
    code: String,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = Country, as = home, target_key = cod)]
    country: String,
}

fn main() {}
