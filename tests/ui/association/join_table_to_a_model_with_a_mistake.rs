use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(many_to_many(tags: Tag, through = "post_tags"))]
struct Post {
    id: u64,
}

#[derive(Model, Clone)]
#[model(many_to_many(posts: Post, through = "post_tags"))]
struct Tag {
    id: u64,
    #[model(siz = 10)]
    name: String,
}

async fn use_it(db: &Db) -> orm_core::Result<()> {
    Post::find().include(Post::TAGS).all(db).await?;
    Tag::find().include(Tag::POSTS).all(db).await?;
    Ok(())
}

fn main() {}
