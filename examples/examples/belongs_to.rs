//! Gives each employee a project.

use examples::{Employee, Project};
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    db.sync_force(&[Project::TABLE, Employee::TABLE]).await?;
    let names = ["Jane Brown", "Lucia Benner", "Peter Novak"];
    let employees = Employee::bulk_create(&db, names.map(|name| Employee::build().name(name))).await?;
    for (mut employee, name) in employees.into_iter().zip(["Project A", "Project B", "Project C"]) {
        let project = Project::build().name(name).save(&db).await?;
        employee.set_project(&db, &project).await?;
    }
    println!("finish");
    db.close().await
}
