use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(skip)]
    handle: Handle,
}
#[derive(Clone)]
struct Handle;

fn main() {}
