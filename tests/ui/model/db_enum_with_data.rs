use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
enum Status {
    Open,
    Closed(u8),
}

fn main() {}
