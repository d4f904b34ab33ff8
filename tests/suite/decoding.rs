//! What was read and is not of the Rust type: a typed error that names table and column.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![cells_of_another_type, values_that_no_type_has, an_error_leaves_the_connection_usable];

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum Mood {
    Good,
    Bad,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Mixed {
    id: i64,
    name: String,
    small: i8,
    mood: Mood,
    flag: bool,
    number: Option<i32>,
}

/// The table as somebody else made it: everything that the servers and SQLite take is taken.
const TABLE: &str = "CREATE TABLE mixeds (id INTEGER PRIMARY KEY, name VARCHAR(20), small INTEGER, mood VARCHAR(20), flag INTEGER, number VARCHAR(20))";

async fn cells_of_another_type(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let wrong = async |sql: &'static str| -> Result<orm_core::error::Mismatch, String> {
        match db.query_as::<i64>(sql, ()).await {
            Err(Error::Decode(wrong)) => Ok(*wrong),
            other => Err(format!("{sql}: {other:?}")),
        }
    };
    for sql in ["SELECT 'x'", "SELECT NULL", "SELECT 1.5e0", "SELECT '7'"] {
        let wrong = wrong(sql).await?;
        check_eq!((&*wrong.wanted, &*wrong.column), ("i64", "1"));
    }
    check_matches!(db.query_as::<u8>("SELECT 256", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<u64>("SELECT -1", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<String>("SELECT 1", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<bool>("SELECT 2", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<String>("SELECT NULL", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<DateTime<Utc>>("SELECT 'yesterday'", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<Uuid>("SELECT X'0102'", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<String>("SELECT X'FF'", ()).await, Err(Error::Decode(_)));
    check_matches!(&db.query_as::<(i64, i64)>("SELECT 1, 'x'", ()).await, Err(Error::Decode(wrong)) if wrong.column == "2");
    check_eq!(db.query_as::<Option<i64>>("SELECT NULL", ()).await?, [None]);
    Ok(())
}

async fn values_that_no_type_has(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.execute(TABLE, ()).await?;
    let good = "INSERT INTO mixeds VALUES (1, 'x', 1, 'good', 1, NULL)";
    db.execute(good, ()).await?;
    let row = Mixed { id: 1, name: "x".into(), small: 1, mood: Mood::Good, flag: true, number: None };
    check_eq!(Mixed::find().all(db).await?, [row]);
    let changes = [
        ("small", "UPDATE mixeds SET small = 128"),
        ("mood", "UPDATE mixeds SET mood = 'worse'"),
        ("mood", "UPDATE mixeds SET mood = 'GOOD'"),
        ("flag", "UPDATE mixeds SET flag = 7"),
        ("name", "UPDATE mixeds SET name = NULL"),
        ("mood", "UPDATE mixeds SET mood = NULL"),
        ("number", "UPDATE mixeds SET number = 'many'"),
    ];
    for (column, change) in changes {
        db.execute("DELETE FROM mixeds", ()).await?;
        db.execute(good, ()).await?;
        db.execute(change, ()).await?;
        let read = Mixed::find().all(db).await;
        check_matches!((change, &read), (_, Err(Error::Decode(wrong))) if (&*wrong.table, &*wrong.column) == ("mixeds", column));
        check_matches!(Mixed::find_by_id(db, 1).await, Err(Error::Decode(_)));
        check_matches!(&db.query_as::<Mixed>("SELECT * FROM mixeds", ()).await, Err(Error::Decode(wrong)) if wrong.column == column);
        // What is not asked for does no harm.
        check_eq!(Mixed::find().select(Mixed::ID).all(db).await?, [1]);
    }
    let unknown = db.query_as::<Mood>("SELECT 'worse'", ()).await;
    check_matches!(&unknown, Err(Error::Decode(wrong)) if wrong.wanted.contains("good, bad") && !wrong.got.contains("worse"));
    check_eq!(db.query_as::<Mood>("SELECT 'bad'", ()).await?, [Mood::Bad]);
    Ok(())
}

async fn an_error_leaves_the_connection_usable(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    db.execute(TABLE, ()).await?;
    for n in 0..200 {
        let mood = if n == 20 { "ugly" } else { "good" };
        db.execute("INSERT INTO mixeds VALUES (?, 'x', 1, ?, 0, NULL)", (n, mood)).await?;
    }
    check_matches!(Mixed::find().all(db).await, Err(Error::Decode(_)));
    check_eq!(Mixed::find().count(db).await?, 200);
    let outcome: Result<u64, Error> = db
        .transaction(async |tx| {
            check_error(Mixed::find().all(tx).await.err())?;
            Mixed::find().filter(Mixed::ID.eq(20)).destroy(tx).await
        })
        .await;
    check_matches!(outcome, Ok(1));
    check!(Mixed::find().all(db).await?.len() == 199);
    db.close().await?;
    Ok(())
}

fn check_error(error: Option<Error>) -> Result<(), Error> {
    match error {
        Some(Error::Decode(_)) => Ok(()),
        other => Err(Error::custom(format!("not a decode error: {other:?}"))),
    }
}
