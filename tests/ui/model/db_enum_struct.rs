use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
struct Status(u8);

fn main() {}
