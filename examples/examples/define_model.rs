//! Defines a model and creates its table.

use orm_core::prelude::*;

/// Its table is `dummies`: the struct's name, pluralised.
#[derive(Model, Debug, Clone)]
struct Dummy {
    id: u64,
    description: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect_logged().await?;
    Dummy::sync(&db).await?;
    println!("New table created");
    db.close().await
}
