// errors: 2
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

async fn wrong(db: &Db, note: &mut Note) -> orm_core::Result<()> {
    let _ = note;
    Note::build().save(db).await?;
    Ok(())
}

fn main() {}
