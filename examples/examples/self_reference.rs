//! Records that refer to others of their own table: employees and their bosses.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "staff", has_many(reports: Person, foreign_key = boss_id))]
struct Person {
    id: u64,
    name: String,
    #[model(belongs_to = Person)]
    boss_id: Option<u64>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    Person::sync_force(&db).await?;
    let ada = Person::build().name("Ada").save(&db).await?;
    let bob = Person::build().name("Bob").boss_id(ada.id).save(&db).await?;
    Person::build().name("Cleo").boss_id(bob.id).save(&db).await?;
    Person::build().name("Dan").boss_id(bob.id).save(&db).await?;

    // Upwards: one statement, with two joins.
    let people = Person::find().include(Person::BOSS.include(Person::BOSS)).order_by(Person::ID);
    for (person, boss) in people.all(&db).await? {
        match boss {
            None => println!("{} has no boss", person.name),
            Some((boss, None)) => println!("{} works for {}", person.name, boss.name),
            Some((boss, Some(top))) => {
                println!("{} works for {}, {} for {}", person.name, boss.name, boss.name, top.name)
            }
        }
    }

    // Downwards: one statement a level.
    let roots = Person::find().filter(Person::BOSS_ID.is_null());
    for (top, reports) in roots.include(Person::REPORTS.include(Person::REPORTS)).all(&db).await? {
        println!("{}", top.name);
        for (person, reports) in reports {
            println!("  {}", person.name);
            for report in reports {
                println!("    {}", report.name);
            }
        }
    }

    let leaves = Person::find().filter(Person::REPORTS.none(Expr::all([]))).order_by(Person::ID);
    println!("without reports: {}", leaves.select(Person::NAME).all(&db).await?.join(", "));
    db.close().await
}
