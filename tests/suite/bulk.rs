//! Many records at once: ids, sizes, limits, failures.

use std::collections::BTreeSet;

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    nothing_and_one,
    ids_are_those_stored,
    given_ids_and_generated_ones_mix,
    a_failure_in_a_later_chunk_leaves_nothing,
    defaults_and_timestamps_equal_the_rows,
    tasks_insert_side_by_side,
    keys_that_are_not_generated,
    nothing_but_an_id,
    nothing_but_a_key,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Row {
    id: u64,
    #[model(unique)]
    tag: u64,
    note: Option<String>,
}

async fn nothing_and_one(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let listener = Listener::start();
    check_eq!(Row::bulk_create(db, Vec::<RowDraft<orm_core::model::Set>>::new()).await?, Vec::new());
    check_eq!(listener.sql(), Vec::<String>::new());
    let rows = Row::bulk_create(db, [Row::build().tag(7_u64).note("x")]).await?;
    check_eq!(rows, [Row { id: 1, tag: 7, note: Some("x".into()) }]);
    let heard = listener.sql();
    check_eq!(heard.len(), 1);
    check!(heard[0].starts_with(r#"INSERT INTO "rows" ("tag", "note") VALUES (?, ?)"#));
    check_eq!(Row::find().all(db).await?, rows);
    Ok(())
}

/// The records that came back equal the rows, found by a tag of their own.
async fn all_there(db: &Db, rows: &[Row]) -> Outcome {
    let mut stored = Row::find().order_by(Row::TAG).all(db).await?;
    let mut given = rows.to_vec();
    given.sort_unstable_by_key(|row| row.tag);
    check_eq!(stored.len(), given.len());
    if let Some(n) = (0..stored.len()).find(|&n| stored[n] != given[n]) {
        return Err(
            format!("row {n} is {:?}, and was said to be {:?}", stored.swap_remove(n), given[n]).into()
        );
    }
    Ok(())
}

async fn ids_are_those_stored(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let (mut all, mut next) = (Vec::new(), 0);
    for (count, statements) in [(2, 1), (999, 1), (1_000, 1), (1_001, 2), (10_000, 10)] {
        let listener = Listener::start();
        // Tags fall while ids rise, so that no other order is right by chance.
        let tags = (next..next + count).rev();
        all.extend(Row::bulk_create(db, tags.map(|tag| Row::build().tag(tag))).await?);
        let inserts = listener.sql().iter().filter(|sql| sql.starts_with("INSERT")).count();
        check_eq!((count, inserts), (count, statements));
        next += count;
        all_there(db, &all).await?;
    }
    check!(all.windows(2).all(|pair| pair[0].id < pair[1].id));
    Ok(())
}

async fn given_ids_and_generated_ones_mix(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let draft = |tag: u64, id: Option<u64>| match id {
        Some(id) => Row::build().tag(tag).id(id),
        None => Row::build().tag(tag),
    };
    let ids = [None, None, Some(100), Some(50), None, Some(200), None, None];
    let rows = Row::bulk_create(db, ids.iter().zip(0_u64..).map(|(id, tag)| draft(tag, *id))).await?;
    check_eq!(rows.iter().map(|row| row.tag).collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
    check_eq!((rows[2].id, rows[3].id, rows[5].id), (100, 50, 200));
    check_eq!(rows.iter().map(|row| row.id).collect::<BTreeSet<_>>().len(), 8);
    all_there(db, &rows).await?;
    let again = Row::bulk_create(db, [draft(8, Some(1_000)), draft(9, Some(1_001))]).await?;
    check_eq!((again[0].id, again[1].id), (1_000, 1_001));
    let zero = draft(10, Some(0)).save(db).await?;
    check_eq!(zero.id, 0);
    check_eq!(Row::find_by_id(db, 0).await?, Some(zero));
    check_eq!(draft(11, None).save(db).await?.id, 1_002);
    Ok(())
}

async fn a_failure_in_a_later_chunk_leaves_nothing(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    Row::build().tag(2_500_u64).save(db).await?;
    let drafts = || (0..3_000_u64).map(|tag| Row::build().tag(tag));
    check_matches!(Row::bulk_create(db, drafts()).await, Err(Error::UniqueViolation(_)));
    check_eq!(Row::find().count(db).await?, 1);
    // The connection is as good as before.
    let rows = Row::bulk_create(db, (3_000..5_500_u64).map(|tag| Row::build().tag(tag))).await?;
    check_eq!(Row::find().count(db).await?, 2_501);
    check_eq!(Row::find_by_id(db, rows[2_499].id).await?.map(|row| row.tag), Some(5_499));
    // A transaction of the caller's own can go on.
    let tx = db.begin().await?;
    Row::build().tag(9_000_u64).save(&tx).await?;
    let listener = Listener::start();
    check_matches!(Row::bulk_create(&tx, drafts()).await, Err(Error::UniqueViolation(_)));
    let heard = listener.sql();
    check_eq!(heard.first().map(String::as_str), Some("SAVEPOINT orm_1"));
    check_eq!(heard.last().map(String::as_str), Some("ROLLBACK TO SAVEPOINT orm_1"));
    check_eq!(Row::find().count(&tx).await?, 2_502);
    Row::bulk_create(&tx, (10_000..11_001_u64).map(|tag| Row::build().tag(tag))).await?;
    check_eq!(listener.sql().last().map(String::as_str), Some("RELEASE SAVEPOINT orm_2"));
    tx.commit().await?;
    check_eq!(Row::find().count(db).await?, 3_503);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Stamped {
    id: u64,
    name: String,
    #[model(default = 5)]
    level: i32,
    #[model(default = "new")]
    state: String,
    #[model(default = std::iter::repeat_n('x', 3).collect::<String>())]
    made: String,
    #[model(default)]
    empty: String,
    missing: Option<i32>,
    #[model(default = 1)]
    perhaps: Option<i32>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

async fn defaults_and_timestamps_equal_the_rows(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Stamped::sync(db).await?;
    let rows = Stamped::bulk_create(
        db,
        [
            Stamped::build().name("a"),
            Stamped::build().name("b").level(7).state("old").missing(2).perhaps(None::<i32>),
            Stamped::build().name("c").created_at(DateTime::UNIX_EPOCH),
        ],
    )
    .await?;
    check_eq!(Stamped::find().order_by(Stamped::ID).all(db).await?, rows);
    let [a, b, c] = &rows[..] else { return Err("not three rows".into()) };
    check_eq!(
        (a.level, &*a.state, &*a.made, &*a.empty, a.missing, a.perhaps),
        (5, "new", "xxx", "", None, Some(1))
    );
    check_eq!((b.level, &*b.state, b.missing, b.perhaps), (7, "old", Some(2), None));
    check!(a.created_at == a.updated_at && a.created_at == b.created_at && a.updated_at == c.updated_at);
    check_eq!(c.created_at, DateTime::UNIX_EPOCH);
    Ok(())
}

async fn tasks_insert_side_by_side(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let tasks: Vec<_> = (0..4_u64)
        .map(|task| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut rows = Vec::new();
                for round in 0..5 {
                    let start = task * 10_000 + round * 300;
                    let drafts = (start..start + 300).rev().map(|tag| Row::build().tag(tag));
                    rows.extend(Row::bulk_create(&db, drafts).await?);
                }
                Ok::<_, Error>(rows)
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    check_eq!(all.len(), 6_000);
    all_there(db, &all).await
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Pair {
    #[model(primary_key, size = 20)]
    left: String,
    #[model(primary_key)]
    right: i32,
    note: Option<String>,
}

async fn keys_that_are_not_generated(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Pair::sync(db).await?;
    let drafts = (0..1_500).map(|n| Pair::build().left(format!("l{}", n % 3)).right(n));
    let rows = Pair::bulk_create(db, drafts).await?;
    check_eq!(Pair::find().order_by(Pair::RIGHT).all(db).await?, rows);
    check_eq!(Pair::find_by_id(db, ("l2", 1_499)).await?.as_ref(), rows.last());
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Ticket {
    id: i32,
}

async fn nothing_but_an_id(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Ticket::sync(db).await?;
    check_eq!(Ticket::build().save(db).await?, Ticket { id: 1 });
    let rows = Ticket::bulk_create(db, [Ticket::build(), Ticket::build(), Ticket::build().id(77)]).await?;
    check_eq!(rows, [Ticket { id: 2 }, Ticket { id: 3 }, Ticket { id: 77 }]);
    check_eq!(Ticket::find().order_by(Ticket::ID).select(Ticket::ID).all(db).await?, [1, 2, 3, 77]);
    let mut ticket = Ticket { id: 2 };
    ticket.save(db).await?;
    ticket.destroy(db).await?;
    check_matches!(ticket.save(db).await, Err(Error::RecordNotFound { table: "tickets" }));
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Link {
    #[model(primary_key)]
    from: i32,
    #[model(primary_key)]
    to: i32,
}

async fn nothing_but_a_key(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Link::sync(db).await?;
    let mut rows = Link::bulk_create(db, (0..3).map(|n| Link::build().from(n).to(-n))).await?;
    check_eq!(Link::find().order_by(Link::FROM).all(db).await?, rows);
    let link = &mut rows[2];
    link.save(db).await?;
    link.update(db, Link::TO.set(9)).await?;
    check_eq!(Link::find_by_id(db, (2, 9)).await?.as_ref(), Some(&*link));
    link.to = 10;
    check_matches!(link.save(db).await, Err(Error::RecordNotFound { table: "links" }));
    check_matches!(Link::build().from(0).to(0).save(db).await, Err(Error::UniqueViolation(_)));
    Ok(())
}
