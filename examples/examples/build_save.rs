//! Builds a record in memory, then saves it.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let note = Note::build().description("Took a cold bath");
    note.save(&db).await?;
    println!("new task saved");
    db.close().await
}
