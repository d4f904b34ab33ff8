use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(case_sensitive)]
    views: u32,
}

fn main() {}
