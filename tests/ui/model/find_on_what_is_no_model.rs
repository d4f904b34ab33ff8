use orm_core::prelude::*;

struct Note {
    id: u64,
}

async fn wrong(db: &Db) -> orm_core::Result<()> {
    Note::find().all(db).await?;
    Ok(())
}

fn main() {}
