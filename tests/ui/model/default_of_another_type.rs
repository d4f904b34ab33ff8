use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(default = "zero")]
    views: u32,
}

fn main() {}
