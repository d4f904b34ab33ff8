//! Some columns instead of all: tuples, single columns, structs.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check_eq};

cases![tuples_and_single_columns, structs_of_columns, verbs_of_a_projection, only_what_is_asked_for_is_sent];

#[derive(Model, Debug, Clone, PartialEq)]
struct Person {
    id: u64,
    name: String,
    nick: Option<String>,
    age: i32,
    born: Option<NaiveDate>,
    vip: bool,
    #[model(column = "weight_kg")]
    weight: Option<f64>,
    tags: Option<Vec<u8>>,
    created_at: DateTime<Utc>,
}

async fn two(db: &Db) -> Result<Vec<Person>, Error> {
    Person::sync(db).await?;
    Person::bulk_create(
        db,
        [
            Person::build()
                .name("Ada")
                .nick("Countess")
                .age(36)
                .born(NaiveDate::from_ymd_opt(1815, 12, 10))
                .vip(true)
                .weight(50.5)
                .tags(vec![0, 1]),
            Person::build().name("Bob").age(-1).vip(false),
        ],
    )
    .await
}

async fn tuples_and_single_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let rows = two(db).await?;
    let all = || Person::find().order_by(Person::ID);
    check_eq!(all().select(Person::NAME).all(db).await?, ["Ada", "Bob"]);
    check_eq!(all().select(Person::NICK).all(db).await?, [Some("Countess".to_owned()), None]);
    check_eq!(all().select((Person::AGE,)).all(db).await?, [(36,), (-1,)]);
    check_eq!(
        all().select((Person::ID, Person::NAME)).all(db).await?,
        [(1, "Ada".to_owned()), (2, "Bob".to_owned())]
    );
    // In the order asked for, and twice where asked for twice.
    check_eq!(
        all().select((Person::VIP, Person::AGE, Person::VIP, Person::ID)).all(db).await?,
        [(true, 36, true, 1), (false, -1, false, 2)]
    );
    let eight = (
        Person::ID,
        Person::NAME,
        Person::NICK,
        Person::AGE,
        Person::BORN,
        Person::VIP,
        Person::WEIGHT,
        Person::TAGS,
    );
    let ada = &rows[0];
    let wanted = (1, ada.name.clone(), ada.nick.clone(), 36, ada.born, true, Some(50.5), ada.tags.clone());
    check_eq!(
        all().select(eight).all(db).await?,
        [wanted, (2, "Bob".to_owned(), None, -1, None, false, None, None)]
    );
    check_eq!(all().select(Person::CREATED_AT).all(db).await?, [ada.created_at, rows[1].created_at]);
    Ok(())
}

#[derive(Projection, Debug, Clone, PartialEq)]
#[projection(model = Person)]
struct Card {
    vip: bool,
    name: String,
    #[projection(column = nick)]
    alias: Option<String>,
    weight: Option<f64>,
}

async fn structs_of_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let cards = Person::find().order_by(Person::AGE).select_as::<Card>().all(db).await?;
    check_eq!(
        cards,
        [
            Card { vip: false, name: "Bob".into(), alias: None, weight: None },
            Card { vip: true, name: "Ada".into(), alias: Some("Countess".into()), weight: Some(50.5) },
        ]
    );
    let one = Person::find().filter(Person::NAME.eq("Bob")).select_as::<Card>().one(db).await?;
    check_eq!(one.as_ref(), Some(&cards[0]));
    Ok(())
}

async fn verbs_of_a_projection(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let names = || Person::find().select(Person::NAME);
    check_eq!(names().filter(Person::ID.eq(2)).all(db).await?, ["Bob"]);
    check_eq!(names().order_by(Person::ID.desc()).limit(1).one(db).await?.as_deref(), Some("Bob"));
    check_eq!(names().count(db).await?, 2);
    check_eq!(names().exists(db).await?, true);
    check_eq!(names().order_by(Person::ID).limit(1).find_and_count(db).await?, (vec!["Ada".to_owned()], 2));
    let mut stream = names().order_by(Person::ID).stream(db);
    check_eq!(stream.next().await.transpose()?.as_deref(), Some("Ada"));
    check_eq!(stream.next().await.transpose()?.as_deref(), Some("Bob"));
    check_eq!(stream.next().await.transpose()?, None);
    check_eq!(names().filter(Person::ID.eq(1)).update(db, Person::AGE.set(37)).await?, 1);
    check_eq!(names().filter(Person::ID.eq(2)).destroy(db).await?, 1);
    Ok(())
}

async fn only_what_is_asked_for_is_sent(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let listener = Listener::start();
    Person::find().select(Person::WEIGHT).all(db).await?;
    Person::find().select_as::<Card>().all(db).await?;
    check_eq!(
        listener.sql(),
        [r#"SELECT "weight_kg" FROM "people""#, r#"SELECT "vip", "name", "nick", "weight_kg" FROM "people""#]
    );
    Ok(())
}
