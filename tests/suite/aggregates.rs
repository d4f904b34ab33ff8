//! Aggregates of filtered rows and of pages; what each kind of number comes to is in `types/sums.rs`.

use orm_core::prelude::*;
use rust_decimal::Decimal;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check_eq, check_matches};

cases![
    of_what_a_filter_leaves,
    of_a_page,
    averages_keep_their_digits,
    of_optional_columns,
    a_sum_too_large_is_a_decode_error,
    one_statement_each,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Score {
    id: u64,
    points: u64,
    change: i64,
    weight: Option<f64>,
    price: Decimal,
    player: Option<String>,
}

async fn four(db: &Db) -> Result<(), Error> {
    Score::sync(db).await?;
    let rows = [
        (1, -4, None, 125, Some("b")),
        (2, 3, Some(0.5), 1_000, None),
        (2, 0, Some(-1.5), 99, Some("a")),
        (5, 1, None, 200, Some("c")),
    ];
    Score::bulk_create(
        db,
        rows.map(|(points, change, weight, cents, player)| {
            Score::build()
                .points(points)
                .change(change)
                .weight(weight)
                .price(Decimal::new(cents, 2))
                .player(player)
        }),
    )
    .await?;
    Ok(())
}

async fn of_what_a_filter_leaves(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    four(db).await?;
    let some = || Score::find().filter(Score::POINTS.gt(1));
    check_eq!(some().sum(db, Score::POINTS).await?, Some(9));
    check_eq!(some().sum(db, Score::CHANGE).await?, Some(4));
    check_eq!(some().min(db, Score::CHANGE).await?, Some(0));
    check_eq!(some().max(db, Score::POINTS).await?, Some(5));
    check_eq!(some().avg(db, Score::POINTS).await?, Some(3.0));
    check_eq!(some().sum(db, Score::PRICE).await?, Some(Decimal::new(1_299, 2)));
    check_eq!(some().max(db, Score::PRICE).await?, Some(Decimal::new(10, 0)));
    check_eq!(some().min(db, Score::PLAYER).await?.as_deref(), Some("a"));
    check_eq!(some().order_by(Score::PLAYER).sum(db, Score::POINTS).await?, Some(9));
    let none = || Score::find().filter(Score::ID.is_in(Vec::<u64>::new()));
    check_eq!(none().sum(db, Score::POINTS).await?, None);
    check_eq!(none().avg(db, Score::POINTS).await?, None);
    check_eq!(none().max(db, Score::PLAYER).await?, None);
    check_eq!(none().count(db).await?, 0);
    Ok(())
}

async fn of_a_page(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    four(db).await?;
    let best = || Score::find().order_by((Score::POINTS.desc(), Score::ID)).limit(2);
    check_eq!(best().sum(db, Score::POINTS).await?, Some(7));
    check_eq!(best().sum(db, Score::CHANGE).await?, Some(4));
    check_eq!(best().min(db, Score::POINTS).await?, Some(2));
    check_eq!(best().max(db, Score::PRICE).await?, Some(Decimal::new(10, 0)));
    check_eq!(best().min(db, Score::PRICE).await?, Some(Decimal::new(2, 0)));
    check_eq!(best().sum(db, Score::PRICE).await?, Some(Decimal::new(12, 0)));
    check_eq!(best().offset(2).sum(db, Score::POINTS).await?, Some(3));
    check_eq!(Score::find().order_by(Score::ID).offset(3).avg(db, Score::POINTS).await?, Some(5.0));
    check_eq!(Score::find().limit(0).sum(db, Score::POINTS).await?, None);
    check_eq!(
        Score::find().filter(Score::POINTS.eq(2)).order_by(Score::ID).limit(1).max(db, Score::CHANGE).await?,
        Some(3)
    );
    Ok(())
}

async fn averages_keep_their_digits(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    four(db).await?;
    let three = || Score::find().filter(Score::ID.le(3));
    check_eq!(three().avg(db, Score::POINTS).await?, Some(5.0 / 3.0));
    check_eq!(three().avg(db, Score::CHANGE).await?, Some(-1.0 / 3.0));
    check_eq!(three().limit(2).order_by(Score::ID).avg(db, Score::POINTS).await?, Some(1.5));
    Ok(())
}

async fn of_optional_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    four(db).await?;
    check_eq!(Score::find().sum(db, Score::WEIGHT).await?, Some(-1.0));
    check_eq!(Score::find().avg(db, Score::WEIGHT).await?, Some(-0.5));
    check_eq!(Score::find().min(db, Score::WEIGHT).await?, Some(-1.5));
    check_eq!(Score::find().max(db, Score::PLAYER).await?.as_deref(), Some("c"));
    let nulls = || Score::find().filter(Score::WEIGHT.is_null());
    check_eq!(nulls().sum(db, Score::WEIGHT).await?, None);
    check_eq!(nulls().max(db, Score::WEIGHT).await?, None);
    check_eq!(nulls().count(db).await?, 2);
    Ok(())
}

async fn a_sum_too_large_is_a_decode_error(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    four(db).await?;
    // The largest that every database holds.
    let most = u64::MAX / 2;
    Score::find().everything().update(db, (Score::POINTS.set(most), Score::CHANGE.set(i64::MIN))).await?;
    let three = || Score::find().limit(3);
    check_matches!(&three().sum(db, Score::POINTS).await, Err(Error::Decode(wrong)) if wrong.table == "scores" && wrong.column == "points");
    check_matches!(&three().sum(db, Score::CHANGE).await, Err(Error::Decode(wrong)) if wrong.column == "change");
    check_matches!(&Score::find().sum(db, Score::CHANGE).await, Err(Error::Decode(_)));
    check_eq!(Score::find().limit(1).sum(db, Score::POINTS).await?, Some(most));
    check_eq!(Score::find().limit(1).sum(db, Score::CHANGE).await?, Some(i64::MIN));
    check_eq!(Score::find().max(db, Score::POINTS).await?, Some(most));
    Ok(())
}

async fn one_statement_each(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    four(db).await?;
    let listener = Listener::start();
    Score::find().order_by(Score::ID).max(db, Score::POINTS).await?;
    Score::find().filter(Score::ID.gt(1)).sum(db, Score::CHANGE).await?;
    Score::find().limit(2).min(db, Score::POINTS).await?;
    Score::find().count(db).await?;
    Score::find().offset(1).limit(2).count(db).await?;
    check_eq!(
        listener.sql(),
        [
            r#"SELECT MAX("points") AS "value" FROM "scores""#,
            r#"SELECT SUM("change") AS "value" FROM "scores" WHERE "id" > ?"#,
            r#"SELECT MIN("points") AS "value" FROM (SELECT "points" FROM "scores" LIMIT ?) "page""#,
            r#"SELECT COUNT(*) AS "count" FROM "scores""#,
            r#"SELECT COUNT(*) AS "count" FROM (SELECT 1 FROM "scores" LIMIT ? OFFSET ?) "page""#,
        ]
    );
    Ok(())
}
