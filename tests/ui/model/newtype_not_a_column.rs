use orm_core::prelude::*;

#[derive(Newtype, Clone)]
struct Tags(Handle);

#[derive(Clone)]
struct Handle;

fn main() {}
