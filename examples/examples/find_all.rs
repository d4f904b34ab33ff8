//! Finds all rows.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let notes = Note::find().all(&db).await?;
    println!("{notes:#?}");
    db.close().await
}
