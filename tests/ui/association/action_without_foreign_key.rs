use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(on_delete = cascade)]
    user_id: u64,
}

fn main() {}
