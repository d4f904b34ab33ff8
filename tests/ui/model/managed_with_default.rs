use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(default = Utc::now())]
    created_at: DateTime<Utc>,
}

fn main() {}
