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
struct PostTag {
    #[model(primary_key, belongs_to = Post)]
    post_id: u64,
    #[model(primary_key, belongs_to = Tag)]
    tag_id: u64,
    weight: i32,
}

async fn run(db: &Db, post: Post) -> orm_core::Result<()> {
    post.add_reader(db, 1).await?;
    Ok(())
}

fn main() {
    let _ = run;
}
