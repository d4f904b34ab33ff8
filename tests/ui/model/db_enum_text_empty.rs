use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
enum Status {
    #[db_enum(rename = "")]
    Open,
}

fn main() {}
