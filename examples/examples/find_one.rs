//! Finds the one row that meets a condition.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    if let Some(note) = Note::find().filter(Note::ID.eq(1)).one(&db).await? {
        println!("{note:#?}");
    }
    db.close().await
}
