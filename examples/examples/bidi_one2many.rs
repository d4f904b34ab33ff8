//! The same association from its other side: a task with its user.

use examples::Task;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let task = Task::find().include(Task::USER).order_by(Task::ID).one(&db).await?;
    if let Some((task, Some(user))) = task {
        println!("{} belongs to {}", task.description, user.name);
    }
    db.close().await
}
