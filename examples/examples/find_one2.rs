//! Finds the first row.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    if let Some(note) = Note::find().one(&db).await? {
        println!("{}", note.description);
    }
    db.close().await
}
