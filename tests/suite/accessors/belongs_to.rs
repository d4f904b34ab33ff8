//! The accessors of a belongs_to.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{City, Country, Line, Note, Order, Task, User, fill, owners};
use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    gets,
    sets,
    unknown_and_gone,
    clears,
    creates,
    creates_all_or_nothing,
    required_keys,
    composite_keys,
    other_target_keys,
];

async fn gets(fixture: &Fixture) -> Outcome {
    let (users, tasks) = fill(fixture).await?;
    let db = &fixture.db;
    let user: Option<User> = tasks[0].user(db).await?;
    check_eq!(user.as_ref(), users.first());
    let listener = Listener::start();
    check_eq!(tasks[3].user(db).await?, None);
    check_eq!(listener.sql(), Vec::<String>::new());
    Ok(())
}

async fn sets(fixture: &Fixture) -> Outcome {
    let (mut users, mut tasks) = fill(fixture).await?;
    let db = &fixture.db;
    let before = tasks[3].updated_at;
    let listener = Listener::start();
    tasks[3].set_user(db, &users[0]).await?;
    let update = r#"UPDATE "tasks" SET "user_id" = ?, "updated_at" = ? WHERE "id" = ?"#;
    check_eq!(listener.sql(), [update]);
    check_eq!(tasks[3].user_id, Some(1));
    check!(tasks[3].updated_at > before);
    tasks[0].set_user(db, 2).await?;
    tasks[1].set_user(db, &mut users[1]).await?;
    check_eq!(Task::find().order_by(Task::ID).all(db).await?, tasks);
    check_eq!(owners(db).await?, [Some(2), Some(2), Some(2), Some(1)]);
    Ok(())
}

async fn unknown_and_gone(fixture: &Fixture) -> Outcome {
    let (users, mut tasks) = fill(fixture).await?;
    let db = &fixture.db;
    let before = tasks[0].clone();
    match tasks[0].set_user(db, 99_999).await {
        Err(Error::UnknownKeys { table: "users", keys }) => check_eq!(*keys, ["99999"]),
        other => return Err(format!("{other:?}").into()),
    }
    check_eq!(tasks[0], before);
    check_eq!(owners(db).await?, [Some(1), Some(1), Some(2), None]);
    tasks[0].destroy(db).await?;
    let gone = tasks[0].set_user(db, &users[1]).await;
    check_matches!(gone, Err(Error::RecordNotFound { table: "tasks" }));
    check_eq!(tasks[0], before);
    Ok(())
}

async fn clears(fixture: &Fixture) -> Outcome {
    let (_, mut tasks) = fill(fixture).await?;
    let db = &fixture.db;
    tasks[0].clear_user(db).await?;
    check_eq!(tasks[0].user_id, None);
    check_eq!(owners(db).await?, [None, Some(1), Some(2), None]);
    Ok(())
}

async fn creates(fixture: &Fixture) -> Outcome {
    let (_, mut tasks) = fill(fixture).await?;
    let db = &fixture.db;
    let joe = tasks[3].create_user(db, User::build().name("Joe")).await?;
    check_eq!((joe.id, tasks[3].user_id), (3, Some(3)));
    check_eq!(tasks[3].user(db).await?, Some(joe));
    Ok(())
}

async fn creates_all_or_nothing(fixture: &Fixture) -> Outcome {
    let (_, mut tasks) = fill(fixture).await?;
    let db = &fixture.db;
    let mut gone = tasks.remove(3);
    gone.destroy(db).await?;
    let before = gone.clone();
    let created = gone.create_user(db, User::build().name("Joe")).await;
    check_matches!(created, Err(Error::RecordNotFound { .. }));
    check_eq!(User::find().count(db).await?, 2);
    check_eq!(gone, before);
    // A transaction goes on.
    db.transaction(async |tx| {
        let created = gone.create_user(tx, User::build().name("Joe")).await;
        assert!(matches!(created, Err(Error::RecordNotFound { .. })), "{created:?}");
        tasks[0].create_user(tx, User::build().name("Jim")).await.map(drop)
    })
    .await?;
    let names: Vec<String> = User::find().order_by(User::ID).select(User::NAME).all(db).await?;
    check_eq!(names, ["John", "Jane", "Jim"]);
    Ok(())
}

async fn required_keys(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    let mut note = Note::build().user_id(1).save(db).await?;
    note.set_user(db, &users[1]).await?;
    let user: User = note.user(db).await?;
    check_eq!(user, users[1]);
    Ok(())
}

async fn composite_keys(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let order = Order::build().shop(1).number(7).save(db).await?;
    let mut line = Line::build().page(1).row(1).save(db).await?;
    check_eq!(line.order(db).await?, None);
    line.set_order(db, &order).await?;
    check_eq!((line.shop_id, line.order_no), (Some(1), Some(7)));
    check_eq!(line.order(db).await?, Some(order));
    match line.set_order(db, (1, 8)).await {
        Err(Error::UnknownKeys { table: "orders", keys }) => check_eq!(*keys, ["(1, 8)"]),
        other => return Err(format!("{other:?}").into()),
    }
    line.clear_order(db).await?;
    check_eq!((line.shop_id, line.order_no), (None, None));
    Ok(())
}

async fn other_target_keys(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let country = Country::build().code("AT").save(db).await?;
    let mut city = City::build().save(db).await?;
    city.set_home(db, &country).await?;
    check_eq!(city.country.as_deref(), Some("AT"));
    let other = Country::build().code("DE").save(db).await?;
    // The key is that of the record, and what the foreign key holds is read.
    city.set_home(db, other.id).await?;
    check_eq!(city.country.as_deref(), Some("DE"));
    check_eq!(city.home(db).await?, Some(other));
    check_matches!(city.set_home(db, 9).await, Err(Error::UnknownKeys { table: "countries", .. }));
    Ok(())
}
