//! Counts the rows of a table.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let n = Note::find().count(&db).await?;
    println!("There are {n} rows");
    db.close().await
}
