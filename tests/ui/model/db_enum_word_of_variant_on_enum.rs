use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
#[db_enum(rename = "x")]
enum Status {
    Open,
}

fn main() {}
