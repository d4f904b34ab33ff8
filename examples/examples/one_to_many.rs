//! Creates the tables of users and of their tasks: first the one that the other refers to.

use examples::{Task, User};
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    User::sync(&db).await?;
    Task::sync(&db).await?;
    println!("done");
    db.close().await
}
