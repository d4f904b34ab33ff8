use orm_core::prelude::*;

type Maybe = Option<i32>;

#[derive(Newtype, Clone)]
struct Score(Maybe);

fn main() {}
