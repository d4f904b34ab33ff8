use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(hasmany(tasks: Task))]
struct Note {
    id: u64,
}

fn main() {}
