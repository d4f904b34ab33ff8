use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    #[model(auto_increment, default = 1)]
    id: u64,
}

fn main() {}
