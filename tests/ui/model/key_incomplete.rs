use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
struct Note {
    #[model(primary_key)]
    shop_id: u64,
    #[model(primary_key)]
    number: u32,
}

async fn wrong(db: &Db, note: &mut Note) -> orm_core::Result<()> {
    let _ = note;
    Note::find_by_id(db, 1).await?;
    Ok(())
}

fn main() {}
