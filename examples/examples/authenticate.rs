//! Connects to the database.

use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = match examples::connect_logged().await {
        Ok(db) => db,
        Err(error) => {
            eprintln!("Unable to connect to the database: {error}");
            return Err(error);
        }
    };
    db.authenticate().await?;
    println!("Connection established successfully.");
    db.close().await
}
