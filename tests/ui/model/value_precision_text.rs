use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(precision = "6")]
    at: DateTime<Utc>,
}

fn main() {}
