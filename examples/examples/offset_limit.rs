//! Skips some rows, and takes some of the rest, into a struct of two columns.

use examples::Note;
use orm_core::prelude::*;

/// Two columns of a note.
#[derive(Projection, Debug)]
#[projection(model = Note)]
struct Line {
    id: u64,
    description: String,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let lines = Note::find().select_as::<Line>().order_by(Note::ID).offset(2).limit(3).all(&db).await?;
    for line in lines {
        println!("id: {}, description: {}", line.id, line.description);
    }
    db.close().await
}
