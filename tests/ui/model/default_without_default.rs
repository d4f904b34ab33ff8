use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(default)]
    handle: Code,
}
#[derive(Newtype, Clone)]
struct Code(u64);

fn main() {}
