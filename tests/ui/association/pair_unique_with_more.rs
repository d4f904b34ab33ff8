use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(many_to_many(tags: Tag, through = PostTag))]
struct Post {
    id: u64,
}

#[derive(Model, Clone)]
struct Tag {
    id: u64,
}

#[derive(Model, Clone)]
#[model(unique(post_id, tag_id, rank))]
struct PostTag {
    id: u64,
    rank: u32,
    #[model(belongs_to = Post)]
    post_id: u64,
    #[model(belongs_to = Tag)]
    tag_id: u64,
}

fn main() {}
