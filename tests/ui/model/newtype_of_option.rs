use orm_core::prelude::*;

#[derive(Newtype, Clone)]
struct Score(Option<i32>);

fn main() {}
