use orm_core::prelude::*;

#[derive(Newtype, Clone)]
struct Number(u64);

#[derive(Newtype, Clone)]
pub struct NoteId(Number);

fn main() {}
