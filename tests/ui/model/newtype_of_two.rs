use orm_core::prelude::*;

#[derive(Newtype, Clone)]
struct Point(i32, i32);

fn main() {}
