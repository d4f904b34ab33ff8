use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(many_to_many(tags: Tag, through = "post_tags"))]
struct Post {
    #[model(primary_key)]
    shop: u64,
    #[model(primary_key)]
    number: u64,
}

#[derive(Model, Clone)]
struct Tag {
    id: u64,
}

fn main() {}
