//! Finds a row by its key.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    if let Some(note) = Note::find_by_id(&db, 2).await? {
        println!("{note:#?}");
        println!("********************");
        println!("id: {}, description: {}", note.id, note.description);
    }
    db.close().await
}
