use orm_core::prelude::*;

#[derive(Newtype, Clone)]
enum UserId {
    A(u64),
}

fn main() {}
