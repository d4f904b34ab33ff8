//! Raw SQL: into models, tuples and single values; values of every type; in transactions.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![
    into_models_by_name,
    into_tuples_and_values_by_position,
    execute_counts_rows,
    values_and_placeholders_must_agree,
    texts_made_at_run_time,
    in_a_transaction,
    what_raw_sql_sets_does_not_stay,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Fruit {
    id: u64,
    name: String,
    weight: Option<i32>,
}

async fn three(db: &Db) -> Result<Vec<Fruit>, Error> {
    Fruit::sync(db).await?;
    let rows = [("apple", Some(3)), ("pear", None), ("plum", Some(1))];
    Fruit::bulk_create(db, rows.map(|(name, weight)| Fruit::build().name(name).weight(weight))).await
}

async fn into_models_by_name(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let rows = three(db).await?;
    check_eq!(db.query_as::<Fruit>("SELECT * FROM fruits ORDER BY id", ()).await?, rows);
    let turned =
        db.query_as::<Fruit>("SELECT weight, name, id FROM fruits WHERE id >= ? ORDER BY id", (2,)).await?;
    check_eq!(turned, rows[1..]);
    let more = db
        .query_as::<Fruit>("SELECT 1 AS extra, f.*, 2 AS more FROM fruits f WHERE name = ?", ("plum",))
        .await?;
    check_eq!(more, rows[2..]);
    let missing = db.query_as::<Fruit>("SELECT id, name FROM fruits", ()).await;
    check_matches!(&missing, Err(Error::Decode(wrong)) if wrong.table == "fruits" && wrong.column == "weight");
    // Said even where there is no row to read.
    let missing = db.query_as::<Fruit>("SELECT id, weight FROM fruits WHERE 1 = 0", ()).await;
    check_matches!(&missing, Err(Error::Decode(wrong)) if wrong.column == "name");
    check_eq!(db.query_as::<Fruit>("SELECT * FROM fruits WHERE 1 = 0", ()).await?, []);
    check_eq!(
        db.query_as::<Fruit>("SELECT 9 AS id, 'x' AS name, NULL AS weight", ()).await?,
        [Fruit { id: 9, name: "x".into(), weight: None }]
    );
    Ok(())
}

async fn into_tuples_and_values_by_position(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    three(db).await?;
    let pairs: Vec<(String, Option<i32>)> =
        db.query_as("SELECT name, weight FROM fruits ORDER BY id", ()).await?;
    check_eq!(
        pairs,
        [("apple".to_owned(), Some(3)), ("pear".to_owned(), None), ("plum".to_owned(), Some(1))]
    );
    check_eq!(db.query_as::<i64>("SELECT COUNT(*) FROM fruits", ()).await?, [3]);
    check_eq!(db.query_as::<(u64,)>("SELECT id FROM fruits WHERE weight = ?", (1,)).await?, [(3,)]);
    check_eq!(
        db.query_as::<Option<i32>>("SELECT weight FROM fruits ORDER BY id", ()).await?,
        [Some(3), None, Some(1)]
    );
    check_eq!(
        db.query_as::<String>("SELECT name FROM fruits WHERE name = ?", ("nothing",)).await?,
        Vec::<String>::new()
    );
    check_eq!(db.query_as::<(bool, bool)>("SELECT 1 = 1, 1 = 2", ()).await?, [(true, false)]);
    type Eight = (i8, i16, i32, i64, u8, u16, u32, u64);
    check_eq!(db.query_as::<Eight>("SELECT 1, 2, 3, 4, 5, 6, 7, 8", ()).await?, [(1, 2, 3, 4, 5, 6, 7, 8)]);
    check_matches!(db.query_as::<(i64, i64)>("SELECT 1", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<(i64,)>("SELECT 1, 2", ()).await, Err(Error::Decode(_)));
    check_matches!(db.query_as::<i64>("SELECT 1, 2", ()).await, Err(Error::Decode(_)));
    Ok(())
}

async fn execute_counts_rows(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    three(db).await?;
    let insert = "INSERT INTO fruits (name, weight) VALUES (?, ?), (?, ?)";
    check_eq!(db.execute(insert, ("fig", 1, "kiwi", None::<i32>)).await?, 2);
    // Rows that matched, changed or not.
    check_eq!(db.execute("UPDATE fruits SET weight = ? WHERE weight = ?", (1, 1)).await?, 2);
    check_eq!(db.execute("UPDATE fruits SET weight = 5 WHERE id > 100", ()).await?, 0);
    check_eq!(db.execute("DELETE FROM fruits WHERE weight IS NULL", ()).await?, 2);
    check_eq!(Fruit::find().order_by(Fruit::ID).select(Fruit::NAME).all(db).await?, ["apple", "plum", "fig"]);
    db.execute("SELECT * FROM fruits", ()).await?;
    check_eq!(Fruit::find().count(db).await?, 3);
    Ok(())
}

async fn values_and_placeholders_must_agree(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    three(db).await?;
    check!(db.execute("DELETE FROM fruits WHERE id = ?", ()).await.is_err());
    check!(db.execute("DELETE FROM fruits WHERE id = ?", (1, 2)).await.is_err());
    check!(db.query_as::<i64>("SELECT 1", (1,)).await.is_err());
    // Neither is one statement two.
    check!(db.execute("DELETE FROM fruits; DELETE FROM fruits", ()).await.is_err());
    check_eq!(Fruit::find().count(db).await?, 3);
    // A question mark in a literal is none.
    check_eq!(db.query_as::<String>("SELECT '?' FROM fruits WHERE id = ?", (1,)).await?, ["?"]);
    Ok(())
}

async fn texts_made_at_run_time(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let rows = three(db).await?;
    for column in ["id", "name"] {
        let text = format!("SELECT * FROM fruits WHERE id > ? ORDER BY {column} DESC");
        check_eq!(db.query_as::<Fruit>(TrustedSql(text), (1,)).await?, [rows[2].clone(), rows[1].clone()]);
    }
    let values = vec![orm_core::value::Value::Int(1), orm_core::value::Value::Text("pear".into())];
    check_eq!(
        db.query_as::<u64>("SELECT id FROM fruits WHERE id = ? OR name = ? ORDER BY id", values).await?,
        [1, 2]
    );
    Ok(())
}

async fn in_a_transaction(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    three(db).await?;
    let tx = db.begin().await?;
    check_eq!(tx.execute("DELETE FROM fruits WHERE id < ?", (3,)).await?, 2);
    check_eq!(tx.query_as::<String>("SELECT name FROM fruits", ()).await?, ["plum"]);
    check_eq!(db.query_as::<i64>("SELECT COUNT(*) FROM fruits", ()).await?, [3]);
    tx.rollback().await?;
    check_eq!(Fruit::find().count(db).await?, 3);
    Ok(())
}

async fn what_raw_sql_sets_does_not_stay(fixture: &Fixture) -> Outcome {
    // SQLite has no session that a statement could leave something in but pragmas, which are for the whole connection by design.
    if fixture.is_sqlite() {
        return Ok(());
    }
    let db = &fixture.options().max_connections(1).connect().await?;
    let mode = "SELECT @@sql_mode, @@time_zone";
    let before: Vec<(String, String)> = db.query_as(mode, ()).await?;
    check_eq!(before[0].1, "+00:00");
    db.execute("SET sql_mode = '', time_zone = '+05:00'", ()).await?;
    check_eq!(db.query_as::<(String, String)>(mode, ()).await?, before);
    db.execute("CREATE TEMPORARY TABLE mine (id INT)", ()).await?;
    check_matches!(db.execute("INSERT INTO mine VALUES (1)", ()).await, Err(Error::Database(_)));
    db.transaction(async |tx| tx.execute("SET time_zone = '+05:00'", ()).await).await?;
    check_eq!(db.query_as::<(String, String)>(mode, ()).await?, before);
    db.close().await?;
    Ok(())
}
