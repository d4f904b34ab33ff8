use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(belongs_to = User)]
    user_id: u64,
}

fn main() {}
