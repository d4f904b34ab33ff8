use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    #[model(uniqe)]
    title: String,
}

async fn use_it(db: &Db) -> orm_core::Result<()> {
    let note = Note::build().title("x").save(db).await?;
    Note::find().filter(Note::TITLE.eq("x")).all(db).await?;
    Note::find_by_id(db, 1).await?;
    note.destroy(db).await
}

fn main() {}
