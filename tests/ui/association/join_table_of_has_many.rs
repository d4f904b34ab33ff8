use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_many(tags: Tag, through = PostTag))]
struct Post {
    id: u64,
}

#[derive(Model, Clone)]
struct Tag {
    id: u64,
}

fn main() {}
