use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(many_to_many(tags: Tag, through = "post_tags", other_key = tag_id))]
struct Post {
    id: u64,
}

#[derive(Model, Clone)]
struct Tag {
    id: u64,
}

fn main() {}
