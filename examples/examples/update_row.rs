//! Changes the rows that meet a condition.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let first = Note::find().filter(Note::ID.eq(1));
    first.update(&db, Note::DESCRIPTION.set("Finished reading history book")).await?;
    db.close().await
}
