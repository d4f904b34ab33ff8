use orm_core::prelude::*;

#[derive(Newtype, Clone)]
struct Id<T>(T);

fn main() {}
