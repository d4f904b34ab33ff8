//! Finds employees, each with its project, in one statement.

use examples::Employee;
use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    let employees = Employee::find().include(Employee::PROJECT).order_by(Employee::ID);
    for (employee, project) in employees.all(&db).await? {
        match project {
            Some(project) => println!("{} is in project {}", employee.name, project.name),
            None => println!("{} is in no project", employee.name),
        }
    }
    db.close().await
}
