use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
enum Status {
    #[db_enum(renam = "x")]
    Open,
}

fn main() {}
