//! Fields that are no columns, or columns under another name; times of another precision.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq};

cases![skipped_fields_stay_in_memory, times_are_cut_in_memory_too, keys_need_not_be_called_id, other_names];

#[derive(Model, Debug, Clone, PartialEq)]
struct Cached {
    id: u64,
    name: String,
    #[model(default = 0)]
    hits: u32,
    #[model(skip)]
    seen: Vec<String>,
}

async fn skipped_fields_stay_in_memory(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Cached::sync(db).await?;
    let mut row = Cached::build().name("a").save(db).await?;
    check_eq!(row.seen, Vec::<String>::new());
    row.seen.push("here".into());
    let seen = row.seen.clone();
    row.save(db).await?;
    check_eq!(row.seen, seen);
    row.update(db, Cached::NAME.set("b")).await?;
    check_eq!(row.seen, seen);
    row.update(db, Cached::HITS.increment(1_u32)).await?;
    check_eq!(row.seen, seen);
    row.reload(db).await?;
    check_eq!((&*row.name, row.hits, &row.seen), ("b", 1, &seen));
    check_eq!(Cached::find_by_id(db, row.id).await?.map(|row| row.seen), Some(Vec::new()));
    check_eq!(db.query_as::<Cached>("SELECT * FROM cacheds", ()).await?[0].hits, 1);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Visit {
    id: u64,
    name: String,
    #[model(precision = 0)]
    day: NaiveDateTime,
    #[model(precision = 3)]
    time: Option<NaiveTime>,
    #[model(precision = 0)]
    created_at: DateTime<Utc>,
    #[model(precision = 3)]
    updated_at: Option<DateTime<Utc>>,
}

async fn times_are_cut_in_memory_too(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Visit::sync(db).await?;
    let time = NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999).ok_or("no time")?;
    let day = NaiveDate::default().and_time(time);
    let mut visit = Visit::build().name("a").day(day).time(time).save(db).await?;
    check_eq!(visit.day.to_string(), "1970-01-01 23:59:59");
    check_eq!(visit.time.map(|time| time.to_string()).as_deref(), Some("23:59:59.999"));
    check_eq!(visit.created_at.timestamp_subsec_nanos(), 0);
    check!(visit.updated_at.is_some_and(|at| at.timestamp_subsec_nanos() % 1_000_000 == 0));
    check_eq!(Visit::find_by_id(db, visit.id).await?.as_ref(), Some(&visit));
    visit.day = day;
    visit.save(db).await?;
    check_eq!(visit.day.to_string(), "1970-01-01 23:59:59");
    check_eq!(Visit::find_by_id(db, visit.id).await?.as_ref(), Some(&visit));
    visit.update(db, (Visit::DAY.set(day), Visit::TIME.set(time))).await?;
    check_eq!(Visit::find_by_id(db, visit.id).await?.as_ref(), Some(&visit));
    // What is asked for is cut alike.
    check_eq!(Visit::find().filter(Visit::DAY.eq(day) & Visit::TIME.eq(time)).count(db).await?, 1);
    let rows = Visit::bulk_create(db, [Visit::build().name("b").day(day).time(None::<NaiveTime>)]).await?;
    check_eq!(Visit::find().filter(Visit::NAME.eq("b")).all(db).await?, rows);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Ticket {
    #[model(primary_key, auto_increment)]
    number: u32,
    title: String,
    id: i32,
}

async fn keys_need_not_be_called_id(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Ticket::sync(db).await?;
    let first = Ticket::build().title("a").id(-5).save(db).await?;
    let rows = Ticket::bulk_create(db, [Ticket::build().title("b").id(-5), Ticket::build().title("c").id(7)])
        .await?;
    check_eq!((first.number, rows[0].number, rows[1].number), (1, 2, 3));
    check_eq!(Ticket::find_by_id(db, 3).await?.as_ref(), Some(&rows[1]));
    check_eq!(
        Ticket::find().filter(Ticket::ID.eq(-5)).order_by(Ticket::NUMBER).all(db).await?,
        [first, rows[0].clone()]
    );
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "legacy_things", draft = "NewThing")]
struct Thing {
    #[model(column = "thing_id")]
    id: u64,
    #[model(column = "TITLE", const_name = "HEADLINE")]
    title: String,
    r#type: Option<String>,
}

async fn other_names(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Thing::sync(db).await?;
    let draft: NewThing<_> = Thing::build().title("a").r#type("x");
    let mut thing = draft.save(db).await?;
    thing.update(db, (Thing::HEADLINE.set("b"), Thing::TYPE.set_null())).await?;
    let row: Vec<(u64, String, Option<String>)> =
        db.query_as("SELECT thing_id, TITLE, type FROM legacy_things", ()).await?;
    check_eq!(row, [(thing.id, "b".to_owned(), None)]);
    check_eq!(Thing::find().filter(Thing::HEADLINE.eq("b")).all(db).await?, [thing]);
    Ok(())
}
