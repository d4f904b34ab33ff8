//! Orders the rows by a column, largest first.

use examples::Note;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect_logged().await?;
    let notes = Note::find().order_by(Note::DESCRIPTION.desc());
    for (id, description) in notes.select((Note::ID, Note::DESCRIPTION)).all(&db).await? {
        println!("id: {id}, description: {description}");
    }
    db.close().await
}
