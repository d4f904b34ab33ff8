use orm_core::prelude::*;

#[derive(DbEnum)]
enum Status {
    Open,
    Closed,
}

fn main() {}
