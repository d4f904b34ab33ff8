//! Finds users, each with its tasks: one statement for the users and one for all tasks.

use examples::User;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    for (user, tasks) in User::find().include(User::TASKS).order_by(User::ID).all(&db).await? {
        println!("{} has tasks: ", user.name);
        for task in tasks {
            println!("  * {}", task.description);
        }
    }
    println!("done");
    db.close().await
}
