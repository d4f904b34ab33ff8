use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
struct Note {
    id: u64,
    title: String,
    views: u32,
    score: Option<i32>,
}

#[derive(Model, Debug, Clone)]
struct User {
    id: u64,
    name: String,
}

async fn wrong(db: &Db) -> orm_core::Result<()> {
    Note::bulk_insert([User::build().name("x")]).exec(db).await?;
    Ok(())
}

fn main() {}
