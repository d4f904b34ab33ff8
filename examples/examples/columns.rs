//! Selects some columns instead of all.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect_logged().await?;
    let rows: Vec<(u64, String)> = Note::find().select((Note::ID, Note::DESCRIPTION)).all(&db).await?;
    for (id, description) in rows {
        println!("id: {id}, description: {description}");
    }
    db.close().await
}
