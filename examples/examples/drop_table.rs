//! Drops the table of a model.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
struct Dummy {
    id: u64,
    description: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    Dummy::drop_table(&db).await?;
    println!("table deleted");
    db.close().await
}
