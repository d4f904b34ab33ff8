use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
enum Status {}

fn main() {}
