// errors: 2
use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
enum Status<T> {
    Open,
    Closed(T),
}

fn main() {}
