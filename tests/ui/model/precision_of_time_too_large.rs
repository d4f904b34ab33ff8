use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(precision = 9)]
    at: DateTime<Utc>,
}

fn main() {}
