use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(precision = (10, 2))]
    at: DateTime<Utc>,
}

fn main() {}
