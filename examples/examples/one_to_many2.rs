//! Makes users and tasks, and gives the tasks to the users.

use examples::{Task, User};
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let plan = [
        ("John Doe", &["write memo", "check accounts"][..]),
        ("Debbie Griffin", &["make two phone calls", "read new emails", "arrange meeting"]),
    ];
    for (name, descriptions) in plan {
        let user = User::build().name(name).save(&db).await?;
        let tasks = descriptions.iter().map(|&description| Task::build().description(description));
        let tasks = Task::bulk_create(&db, tasks).await?;
        user.set_tasks(&db, &tasks).await?;
    }
    println!("done");
    db.close().await
}
