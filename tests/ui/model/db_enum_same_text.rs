use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
enum Status {
    Open,
    #[db_enum(rename = "OPEN")]
    Opened,
}

fn main() {}
