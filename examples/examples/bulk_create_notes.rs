//! Inserts many rows with one statement.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let notes = [
        "Tai chi in the morning",
        "Visited friend",
        "Went to cinema",
        "Listened to music",
        "Watched TV all day",
        "Walked for a hour",
    ];
    let db = examples::connect().await?;
    Note::sync_force(&db).await?;
    match Note::bulk_create(&db, notes.map(|text| Note::build().description(text))).await {
        Ok(_) => println!("notes created"),
        Err(error) => println!("failed to create notes: {error}"),
    }
    db.close().await
}
