//! A model without `created_at` and `updated_at` has no timestamps.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
struct Dummy {
    id: u64,
    description: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    Dummy::sync_force(&db).await?;
    Dummy::build().description("test 1").save(&db).await?;
    println!("table created");
    db.close().await
}
