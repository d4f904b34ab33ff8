//! The same association from its other side: projects, each with its employee.

use examples::Project;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let projects = Project::find().include(Project::EMPLOYEE).order_by(Project::ID);
    for (project, employee) in projects.all(&db).await? {
        match employee {
            Some(employee) => println!("{} belongs to user {}", project.name, employee.name),
            None => println!("{} belongs to nobody", project.name),
        }
    }
    db.close().await
}
