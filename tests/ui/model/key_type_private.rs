use orm_core::prelude::*;

#[derive(Newtype, Clone)]
struct NoteId(u64);

#[derive(Model, Clone)]
pub struct Note {
    id: NoteId,
    title: String,
}

fn main() {}
