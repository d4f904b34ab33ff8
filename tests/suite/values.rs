//! Values of every type: bound in raw SQL, found by every comparison.

use std::fmt::Debug;

use chrono::{Days, TimeDelta};
use orm_core::model::Column;
use orm_core::prelude::*;
use orm_core::types::ColumnType;
use orm_core::types::family::Ordered;
use tests::{Fixture, Outcome};

use crate::{cases, check_eq};

cases![values_of_every_type_are_bound, every_type_is_found_by_its_value, documents_are_compared_as_documents];

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum Colour {
    Red,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Kind {
    id: u64,
    int: i64,
    unsigned: u64,
    float: f32,
    double: f64,
    truth: bool,
    #[model(text)]
    text: String,
    bytes: Vec<u8>,
    at: DateTime<Utc>,
    local: NaiveDateTime,
    day: NaiveDate,
    time: NaiveTime,
    decimal: Decimal,
    uuid: Uuid,
    json: Json<Vec<i32>>,
    colour: Colour,
    nothing: Option<i32>,
}

fn row() -> Kind {
    let noon = NaiveTime::from_hms_micro_opt(12, 30, 5, 123_456).unwrap_or_default();
    let day = NaiveDate::default() + Days::new(20_000);
    Kind {
        id: 1,
        int: i64::MIN,
        unsigned: u64::MAX / 2,
        float: -0.1,
        double: 1.0 / 3.0,
        truth: true,
        text: format!("{}\u{1F600}'\"\\%", "long ".repeat(100)),
        bytes: vec![0, 255, 39, 92],
        at: day.and_time(noon).and_utc() + TimeDelta::seconds(1),
        local: day.and_time(noon),
        day,
        time: noon,
        decimal: Decimal::new(-1_234_567_890_123, 4),
        uuid: Uuid::from_u128(77),
        json: Json(vec![1, 2, 3]),
        colour: Colour::Red,
        nothing: None,
    }
}

fn blank() -> Kind {
    let zero = DateTime::UNIX_EPOCH;
    Kind {
        int: 0,
        unsigned: 0,
        float: 0.0,
        double: 0.0,
        truth: false,
        text: String::new(),
        bytes: Vec::new(),
        at: zero,
        local: zero.naive_utc(),
        day: NaiveDate::default(),
        time: NaiveTime::MIN,
        decimal: Decimal::ZERO,
        uuid: Uuid::nil(),
        json: Json(Vec::new()),
        nothing: Some(1),
        ..row()
    }
}

async fn save(db: &Db, blank: &Kind) -> Result<Kind, Error> {
    Kind::build()
        .int(blank.int)
        .unsigned(blank.unsigned)
        .float(blank.float)
        .double(blank.double)
        .truth(blank.truth)
        .text(&blank.text)
        .bytes(&blank.bytes)
        .at(blank.at)
        .local(blank.local)
        .day(blank.day)
        .time(blank.time)
        .decimal(blank.decimal)
        .uuid(blank.uuid)
        .json(&blank.json)
        .colour(blank.colour)
        .nothing(blank.nothing)
        .save(db)
        .await
}

async fn values_of_every_type_are_bound(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Kind::sync(db).await?;
    let (bound, blank) = (row(), blank());
    let mut stored = save(db, &blank).await?;
    check_eq!(stored, blank);
    let quote = if fixture.is_sqlite() { "\"" } else { "`" };
    let set = |columns: &[&str]| {
        let list: Vec<_> = columns.iter().map(|column| format!("{quote}{column}{quote} = ?")).collect();
        TrustedSql(format!("UPDATE kinds SET {}", list.join(", ")))
    };
    let Kind {
        int,
        unsigned,
        float,
        double,
        truth,
        text,
        bytes,
        at,
        local,
        day,
        time,
        decimal,
        uuid,
        json,
        colour,
        nothing,
        ..
    } = row();
    check_eq!(
        db.execute(
            set(&["int", "unsigned", "float", "double", "truth", "text", "bytes", "at"]),
            (int, unsigned, float, double, truth, text, bytes, at)
        )
        .await?,
        1
    );
    check_eq!(
        db.execute(
            set(&["local", "day", "time", "decimal", "uuid", "json", "colour", "nothing"]),
            (local, day, time, decimal, uuid, json, colour, nothing)
        )
        .await?,
        1
    );
    stored.reload(db).await?;
    check_eq!(stored, bound);
    // And asked back as they were given.
    check_eq!(db.query_as::<(String, i64)>("SELECT ?, ?", ("x", -5)).await?, [("x".to_owned(), -5)]);
    check_eq!(db.query_as::<Option<String>>("SELECT ?", (None::<String>,)).await?, [None]);
    check_eq!(
        db.query_as::<u64>(
            "SELECT id FROM kinds WHERE day = ? AND time = ? AND uuid = ?",
            (bound.day, bound.time, bound.uuid)
        )
        .await?,
        [1]
    );
    check_eq!(
        db.query_as::<u64>("SELECT id FROM kinds WHERE at = ? AND local = ?", (bound.at, bound.local))
            .await?,
        [1]
    );
    Ok(())
}

async fn every_type_is_found_by_its_value(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Kind::sync(db).await?;
    let (small, large) = (blank(), row());
    save(db, &small).await?;
    save(db, &large).await?;
    exactly(db, Kind::INT, &small.int, &large.int).await?;
    exactly(db, Kind::UNSIGNED, &small.unsigned, &large.unsigned).await?;
    exactly(db, Kind::FLOAT, &small.float, &large.float).await?;
    exactly(db, Kind::DOUBLE, &small.double, &large.double).await?;
    exactly(db, Kind::TRUTH, &small.truth, &large.truth).await?;
    exactly(db, Kind::TEXT, &small.text, &large.text).await?;
    exactly(db, Kind::BYTES, &small.bytes, &large.bytes).await?;
    exactly(db, Kind::AT, &small.at, &large.at).await?;
    exactly(db, Kind::LOCAL, &small.local, &large.local).await?;
    exactly(db, Kind::DAY, &small.day, &large.day).await?;
    exactly(db, Kind::TIME, &small.time, &large.time).await?;
    exactly(db, Kind::DECIMAL, &small.decimal, &large.decimal).await?;
    exactly(db, Kind::UUID, &small.uuid, &large.uuid).await?;
    Ok(())
}

/// Row 1 has one value, row 2 the other.
async fn exactly<T>(db: &Db, column: Column<Kind, T>, one: &T, two: &T) -> Outcome
where
    T: ColumnType + PartialOrd + Debug + Clone,
    T::Family: Ordered,
{
    let (low, high) = if one < two { (one, two) } else { (two, one) };
    let (first, last) = if one < two { (1_u64, 2_u64) } else { (2, 1) };
    for (name, condition, wanted) in [
        ("eq", column.eq(one), vec![1]),
        ("eq", column.eq(two), vec![2]),
        ("ne", column.ne(one), vec![2]),
        ("is_in", column.is_in([one, one, two]), vec![1, 2]),
        ("is_in", column.is_in([two]), vec![2]),
        ("not_in", column.not_in([two]), vec![1]),
        ("is_not_distinct_from", column.is_not_distinct_from(one), vec![1]),
        ("is_distinct_from", column.is_distinct_from(one), vec![2]),
        ("lt", column.lt(high), vec![first]),
        ("le", column.le(low), vec![first]),
        ("gt", column.gt(low), vec![last]),
        ("ge", column.ge(high), vec![last]),
        ("between", column.between(low, high), vec![1, 2]),
        ("between", column.between(low, low), vec![first]),
        ("not_between", column.not_between(low, low), vec![last]),
    ] {
        let found = Kind::find().filter(condition).order_by(Kind::ID).select(Kind::ID).all(db).await?;
        check_eq!((column.def().name, name, found), (column.def().name, name, wanted));
    }
    let sorted = Kind::find().order_by(column).select(Kind::ID).all(db).await?;
    check_eq!((column.def().name, sorted), (column.def().name, vec![first, last]));
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Document {
    id: u64,
    body: Option<serde_json::Value>,
}

async fn documents_are_compared_as_documents(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Document::sync(db).await?;
    let list = serde_json::json!([1, 2]);
    let object = serde_json::json!({ "a": 1, "b": [true, null, "it's"] });
    let rows = [Some(object.clone()), Some(list.clone()), None];
    Document::bulk_create(db, rows.map(|body| Document::build().body(body))).await?;
    for (name, condition, wanted) in [
        ("eq", Document::BODY.eq(&object), vec![1]),
        ("eq", Document::BODY.eq(serde_json::json!([2, 1])), vec![]),
        ("ne", Document::BODY.ne(&object), vec![2]),
        ("not eq", !Document::BODY.eq(&object), vec![2]),
        ("is_in", Document::BODY.is_in([&list, &object]), vec![1, 2]),
        ("is_in", Document::BODY.is_in([&list]), vec![2]),
        ("is_in none", Document::BODY.is_in([Some(&list), None]), vec![2, 3]),
        ("not_in", Document::BODY.not_in([&list]), vec![1]),
        ("not_in", Document::BODY.not_in([&list, &object]), vec![]),
        ("is_distinct_from", Document::BODY.is_distinct_from(&list), vec![1, 3]),
        ("is_not_distinct_from", Document::BODY.is_not_distinct_from(&list), vec![2]),
        ("is_null", Document::BODY.is_null(), vec![3]),
        ("both", Document::BODY.eq(&list) & Document::ID.eq(2_u64), vec![2]),
        ("either", Document::BODY.eq(&list) | Document::ID.eq(1_u64), vec![1, 2]),
    ] {
        let found =
            Document::find().filter(condition).order_by(Document::ID).select(Document::ID).all(db).await?;
        check_eq!((name, found), (name, wanted));
    }
    check_eq!(Document::find().filter(Document::BODY.eq(&list)).destroy(db).await?, 1);
    check_eq!(Document::find_by_id(db, 1).await?.and_then(|row| row.body), Some(object));
    Ok(())
}
