//! Which rows, in which order, how many: order, limit, offset, and the verbs that look at one row or none.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::{Listener, plain};
use crate::{cases, check_eq, check_matches};

cases![
    order_of_terms_tuples_and_lists,
    nulls_stand_where_they_are_told,
    limit_and_offset,
    counts_of_pages,
    pages_with_their_total,
    one_asks_for_one_row,
    exists_asks_for_no_more,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Task {
    id: u64,
    title: String,
    rank: i32,
    due: Option<i32>,
}

/// ids 1 to 6.
async fn six(db: &Db) -> Result<(), Error> {
    Task::sync(db).await?;
    let rows = [
        ("c", 1, Some(5)),
        ("a", 2, None),
        ("b", 1, Some(-5)),
        ("B", 3, None),
        ("a", 1, Some(0)),
        ("d", 2, Some(5)),
    ];
    Task::bulk_create(db, rows.map(|(title, rank, due)| Task::build().title(title).rank(rank).due(due)))
        .await?;
    Ok(())
}

async fn order_of_terms_tuples_and_lists(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    let ids = async |query: Query<Task>| query.select(Task::ID).all(db).await;
    check_eq!(ids(Task::find().order_by(Task::ID)).await?, [1, 2, 3, 4, 5, 6]);
    check_eq!(ids(Task::find().order_by(Task::ID.desc())).await?, [6, 5, 4, 3, 2, 1]);
    check_eq!(ids(Task::find().order_by((Task::RANK, Task::ID.desc()))).await?, [5, 3, 1, 6, 2, 4]);
    check_eq!(
        ids(Task::find().order_by((Task::RANK.desc(), Task::TITLE.asc(), Task::ID))).await?,
        [4, 2, 6, 5, 3, 1]
    );
    check_eq!(ids(Task::find().order_by(vec![Task::RANK.asc(), Task::ID.asc()])).await?, [1, 3, 5, 2, 6, 4]);
    check_eq!(ids(Task::find().order_by(Task::RANK).order_by(Task::ID.desc())).await?, [5, 3, 1, 6, 2, 4]);
    // Letter case does not count in a plain column: `b` and `B` are the same here.
    check_eq!(ids(Task::find().order_by((Task::TITLE, Task::ID.desc()))).await?, [5, 2, 4, 3, 1, 6]);
    let none: Vec<orm_core::model::Order<Task>> = Vec::new();
    check_eq!(ids(Task::find().order_by(none)).await?.len(), 6);
    Ok(())
}

async fn nulls_stand_where_they_are_told(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    let ids = async |order: orm_core::model::Order<Task>| {
        Task::find().order_by((order, Task::ID)).select(Task::ID).all(db).await
    };
    check_eq!(ids(Task::DUE.asc().nulls_first()).await?, [2, 4, 3, 5, 1, 6]);
    check_eq!(ids(Task::DUE.asc().nulls_last()).await?, [3, 5, 1, 6, 2, 4]);
    check_eq!(ids(Task::DUE.desc().nulls_first()).await?, [2, 4, 1, 6, 5, 3]);
    check_eq!(ids(Task::DUE.desc().nulls_last()).await?, [1, 6, 5, 3, 2, 4]);
    // Not told, they are smaller than every value, on all three.
    check_eq!(ids(Task::DUE.asc()).await?, [2, 4, 3, 5, 1, 6]);
    check_eq!(ids(Task::DUE.desc()).await?, [1, 6, 5, 3, 2, 4]);
    Ok(())
}

async fn limit_and_offset(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    let ids = async |query: Query<Task>| query.order_by(Task::ID).select(Task::ID).all(db).await;
    check_eq!(ids(Task::find().limit(2)).await?, [1, 2]);
    check_eq!(ids(Task::find().limit(0)).await?, Vec::<u64>::new());
    check_eq!(ids(Task::find().limit(100)).await?.len(), 6);
    check_eq!(ids(Task::find().limit(u64::MAX)).await?.len(), 6);
    check_eq!(ids(Task::find().offset(2).limit(3)).await?, [3, 4, 5]);
    check_eq!(ids(Task::find().limit(3).offset(2)).await?, [3, 4, 5]);
    check_eq!(ids(Task::find().offset(4)).await?, [5, 6]);
    check_eq!(ids(Task::find().offset(0)).await?.len(), 6);
    check_eq!(ids(Task::find().offset(6)).await?, Vec::<u64>::new());
    check_eq!(ids(Task::find().offset(u64::MAX)).await?, Vec::<u64>::new());
    check_eq!(ids(Task::find().filter(Task::RANK.gt(1)).offset(1).limit(1)).await?, [4]);
    check_eq!(ids(Task::find().filter(Task::RANK.gt(1)).offset(1)).await?, [4, 6]);
    check_eq!(ids(Task::find().limit(1).limit(2)).await?, [1, 2]);
    Ok(())
}

async fn counts_of_pages(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    check_eq!(Task::find().count(db).await?, 6);
    check_eq!(Task::find().filter(Task::RANK.eq(1)).count(db).await?, 3);
    check_eq!(Task::find().order_by(Task::TITLE).count(db).await?, 6);
    check_eq!(Task::find().limit(4).count(db).await?, 4);
    check_eq!(Task::find().limit(40).count(db).await?, 6);
    check_eq!(Task::find().limit(0).count(db).await?, 0);
    check_eq!(Task::find().offset(4).count(db).await?, 2);
    check_eq!(Task::find().offset(40).count(db).await?, 0);
    check_eq!(Task::find().limit(4).offset(5).count(db).await?, 1);
    check_eq!(
        Task::find().filter(Task::RANK.eq(1)).order_by(Task::TITLE).limit(2).offset(1).count(db).await?,
        2
    );
    check_eq!(Task::find().select(Task::DUE).count(db).await?, 6);
    Ok(())
}

async fn pages_with_their_total(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    let (rows, total) = Task::find().order_by(Task::ID).limit(2).offset(1).find_and_count(db).await?;
    check_eq!((rows.iter().map(|row| row.id).collect::<Vec<_>>(), total), (vec![2, 3], 6));
    let (rows, total) = Task::find().filter(Task::RANK.eq(1)).limit(0).find_and_count(db).await?;
    check_eq!((rows.len(), total), (0, 3));
    let (rows, total) = Task::find().filter(Task::RANK.eq(9)).find_and_count(db).await?;
    check_eq!((rows.len(), total), (0, 0));
    let (rows, total) = Task::find().order_by(Task::ID).offset(5).select(Task::ID).find_and_count(db).await?;
    check_eq!((rows, total), (vec![6], 6));
    Ok(())
}

async fn one_asks_for_one_row(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    let listener = Listener::start();
    let one = async |query: Query<Task>| query.select(Task::ID).one(db).await;
    let start = r#"SELECT "id" FROM "tasks""#;
    let limited = |rest: &str| vec![format!("{start}{rest} LIMIT ?")];
    check_eq!(one(Task::find().order_by(Task::ID.desc())).await?, Some(6));
    check_eq!(listener.sql(), limited(r#" ORDER BY "id" DESC"#));
    check_eq!(one(Task::find().filter(Task::RANK.eq(3))).await?, Some(4));
    check_eq!(listener.sql(), limited(r#" WHERE "rank" = ?"#));
    check_eq!(one(Task::find().filter(Task::ID.eq(4))).await?, Some(4));
    check_eq!(listener.sql(), [format!(r#"{start} WHERE "id" = ?"#)]);
    check_eq!(one(Task::find().filter(Task::ID.eq(4)).filter(Task::RANK.eq(0))).await?, None);
    check_eq!(listener.sql(), [format!(r#"{start} WHERE "id" = ? AND "rank" = ?"#)]);
    // These do not pin the key.
    check_eq!(one(Task::find().filter(Task::ID.ge(6))).await?, Some(6));
    check_eq!(listener.sql(), limited(r#" WHERE "id" >= ?"#));
    check_eq!(one(Task::find().filter(!Task::ID.eq(9)).order_by(Task::ID)).await?, Some(1));
    check_eq!(listener.sql(), limited(r#" WHERE NOT ("id" = ?) ORDER BY "id""#));
    check_eq!(one(Task::find().filter(Task::ID.eq(9) | Task::ID.eq(2))).await?, Some(2));
    check_eq!(listener.sql(), limited(r#" WHERE "id" = ? OR "id" = ?"#));
    // A page of its own is kept.
    check_eq!(one(Task::find().filter(Task::ID.eq(4)).offset(1)).await?, None);
    check_eq!(one(Task::find().filter(Task::ID.eq(4)).limit(0)).await?, None);
    check_eq!(one(Task::find().order_by(Task::ID).offset(2)).await?, Some(3));
    check_eq!(one(Task::find().order_by(Task::ID).limit(5)).await?, Some(1));
    check_eq!(one(Task::find().limit(0)).await?, None);
    check_eq!(one(Task::find().filter(Task::RANK.eq(99))).await?, None);
    check_eq!(
        Task::find().filter(Task::ID.eq(2)).one(db).await?.map(|task| task.title),
        Some("a".to_owned())
    );
    check_matches!(Task::find_by_id(db, 99).await?, None);
    Ok(())
}

async fn exists_asks_for_no_more(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    let listener = Listener::start();
    check_eq!(Task::find().filter(Task::RANK.eq(1)).order_by(Task::TITLE).exists(db).await?, true);
    let heard = listener.take();
    check_eq!(heard.len(), 1);
    check_eq!(heard[0].rows, Some(1));
    check_eq!(plain(&heard[0].sql), r#"SELECT 1 FROM "tasks" WHERE "rank" = ? LIMIT ?"#);
    check_eq!(Task::find().filter(Task::RANK.eq(4)).exists(db).await?, false);
    check_eq!(Task::find().exists(db).await?, true);
    check_eq!(Task::find().limit(0).exists(db).await?, false);
    check_eq!(Task::find().offset(5).exists(db).await?, true);
    check_eq!(Task::find().offset(6).exists(db).await?, false);
    Task::find().everything().destroy(db).await?;
    check_eq!(Task::find().exists(db).await?, false);
    Ok(())
}
