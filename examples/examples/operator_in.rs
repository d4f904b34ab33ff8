//! Finds the rows whose id is in a list.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    for note in Note::find().filter(Note::ID.is_in([3, 6])).all(&db).await? {
        println!("{}: {}", note.id, note.description);
    }
    db.close().await
}
