//! Finds the rows whose id is between two values.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    for note in Note::find().filter(Note::ID.between(3, 6)).all(&db).await? {
        println!("{}: {}", note.id, note.description);
    }
    db.close().await
}
