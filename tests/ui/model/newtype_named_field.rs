use orm_core::prelude::*;

#[derive(Newtype, Clone)]
struct UserId {
    value: u64,
}

fn main() {}
