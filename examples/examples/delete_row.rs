//! Deletes the rows that meet a condition.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let n = Note::find().filter(Note::ID.eq(2)).destroy(&db).await?;
    println!("number of deleted rows: {n}");
    db.close().await
}
