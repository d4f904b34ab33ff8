//! Each type by itself, up to its edges: stored, read, found by its value, as NULL, replaced.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use orm_core::prelude::*;
use rust_decimal::Decimal;
use tests::{Fixture, Outcome};
use uuid::Uuid;

use super::survives;
use crate::{cases, check};

cases![
    tiny,
    small,
    medium,
    large,
    unsigned_tiny,
    unsigned_small,
    unsigned_medium,
    unsigned_large,
    the_largest_unsigned_integers,
    floats,
    narrow_floats,
    truth,
    texts,
    exact_texts,
    long_texts,
    bytes,
    instants,
    moments,
    days,
    times_of_day,
    decimals,
    uuids,
    documents,
    documents_deeper_than_a_server_allows,
    seconds_and_milliseconds,
];

survives!(tiny, Tiny, [i8], [i8::MIN, -1, 0, 1, i8::MAX]);
survives!(small, Small, [i16], [i16::MIN, -1, 0, 1, i16::MAX]);
survives!(medium, Medium, [i32], [i32::MIN, -1, 0, 1, i32::MAX]);
survives!(large, Large, [i64], [i64::MIN, -1, 0, 1, i64::MAX]);
survives!(unsigned_tiny, UnsignedTiny, [u8], [0, 1, 128, u8::MAX]);
survives!(unsigned_small, UnsignedSmall, [u16], [0, 1, 1 << 15, u16::MAX]);
survives!(unsigned_medium, UnsignedMedium, [u32], [0, 1, 1 << 31, u32::MAX]);
survives!(unsigned_large, UnsignedLarge, [u64], [0, 1, u64::MAX >> 1]);

survives!(
    floats,
    Floating,
    [f64],
    [0.0, 0.1, -0.1, 1e-300, 5e-324, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::EPSILON]
);
survives!(
    narrow_floats,
    Narrow,
    [f32],
    [0.0, 0.1, -0.1, 1e-45, f32::MAX, f32::MIN, f32::MIN_POSITIVE, f32::EPSILON]
);
survives!(truth, Truth, [bool], [true, false]);

survives!(
    texts,
    Worded,
    [String],
    [
        "",
        " both ends ",
        "Zoë 🦀 中文 \u{10ffff}",
        r#"it's a "quote", a \ and a ` "#,
        "%_",
        "\r\n\t",
        "2024-01-01",
        "1"
    ]
    .map(String::from)
    .into_iter()
    .chain(["🦀".repeat(255)])
    .collect::<Vec<_>>()
);
// A NUL ends what SQLite compares in a plain column, so there it cannot be asked for (`suite/texts.rs`).
survives!(
    #[model(case_sensitive)]
    exact_texts,
    ExactText,
    [String],
    ["a\0b", "a\0c", "\0", "A", "a", "ä ", ""].map(String::from)
);
survives!(
    #[model(text)]
    long_texts,
    Long,
    [String],
    ["".to_owned(), "é".repeat(30_000)]
);
survives!(
    bytes,
    Raw,
    [Vec<u8>],
    [vec![], vec![0], (0..=u8::MAX).collect(), b"it's text".to_vec(), vec![0xff; 60_000]]
);

fn moment(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").expect("a moment")
}

/// Moments at the edges: those of the years, of 1970, of 2038, of February.
fn edges() -> [NaiveDateTime; 10] {
    [
        "0001-01-01 00:00:00",
        "0999-12-31 23:59:59.999999",
        "1000-01-01 00:00:00",
        "1969-12-31 23:59:59.999999",
        "1970-01-01 00:00:00",
        "2024-02-29 12:34:56.000001",
        "2024-03-31 02:30:00",
        "2038-01-19 03:14:08",
        "9999-12-31 23:59:59",
        "9999-12-31 23:59:59.999999",
    ]
    .map(moment)
}

survives!(instants, Instant, [DateTime<Utc>], edges().map(|moment| moment.and_utc()));
survives!(moments, Moment, [NaiveDateTime], edges());
survives!(days, Day, [NaiveDate], edges().map(|moment| moment.date()));
survives!(
    times_of_day,
    Clock,
    [NaiveTime],
    ["0001-01-01 00:00:00", "2024-01-01 00:00:00.000001", "2024-01-01 23:59:59.999999"]
        .map(|text| moment(text).time())
);
survives!(
    decimals,
    Exact,
    [Decimal],
    [
        "0",
        "1",
        "-1",
        "10",
        "0.1",
        "1200.5",
        "0.0000000001",
        "-0.0000000001",
        "999999999999999999.9999999999",
        "-999999999999999999.9999999999",
    ]
    .map(|text| text.parse::<Decimal>().expect("a decimal"))
);
survives!(
    uuids,
    Unique,
    [Uuid],
    [Uuid::nil(), Uuid::max(), Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8)]
);

/// A list in a list in a list.
fn nested(depth: usize) -> serde_json::Value {
    (1..depth).fold(serde_json::json!([]), |inner, _| serde_json::Value::Array(vec![inner]))
}

survives!(
    documents,
    Free,
    [serde_json::Value],
    [
        serde_json::Value::Null,
        serde_json::json!(true),
        serde_json::json!("Zoë 🦀 \"quoted\" \\ \u{0} \n"),
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!([1, -2, 2.5, u64::MAX, i64::MIN, null, false, "x"]),
        serde_json::json!({"b": {"longer": [1, 2]}, "a": {"é": "🦀"}, "": null}),
        serde_json::json!([0.1 + 0.2, 1e300, -1e-300, f64::MAX, 5e-324, 1e21, 123_456_789.125, 1.0, -0.0]),
        nested(31),
    ]
);

/// SQLite holds whatever can be read again, MySQL 100 levels, MariaDB 31: a document comes back whole or is refused with a typed error.
async fn documents_deeper_than_a_server_allows(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Free::sync(db).await?;
    let mut refused = 0;
    for depth in [31, 32, 100, 101, 127] {
        let value = nested(depth);
        match Free::build().value(&value).save(db).await {
            Ok(saved) => {
                check!(Free::find_by_id(db, saved.id).await?.is_some_and(|read| read.value == value))
            }
            Err(error) => {
                check!(depth > 31 && matches!(error, Error::CheckViolation(_)));
                refused += 1;
            }
        }
    }
    check!(Free::find().count(db).await? == 5 - refused);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Counter {
    id: u64,
    value: u64,
}

/// What a database cannot hold exactly is an encode error there; stored as a float, it would come back as another number.
async fn the_largest_unsigned_integers(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Counter::sync(db).await?;
    for value in [1 << 63, u64::MAX] {
        let saved = Counter::build().value(value).save(db).await;
        // SQLite's integers are signed: `Capabilities::max_unsigned`.
        if fixture.is_sqlite() {
            check!(matches!(saved, Err(Error::Encode(_))));
            check!(Counter::find().count(db).await? == 0);
        } else {
            let saved = saved?;
            check!(Counter::find().filter(Counter::VALUE.eq(value)).one(db).await? == Some(saved));
        }
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Timing {
    id: u64,
    #[model(precision = 0)]
    seconds: DateTime<Utc>,
    #[model(precision = 3)]
    millis: Option<NaiveDateTime>,
    #[model(precision = 1)]
    tenths: NaiveTime,
    full: NaiveDateTime,
}

/// A time is cut to its column's precision, towards the past, on both sides of 1970, in the record as in the row.
async fn seconds_and_milliseconds(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Timing::sync(db).await?;
    for day in ["1950-06-07", "1969-12-31", "2024-02-29", "9999-12-31"] {
        let exact = moment(&format!("{day} 23:59:59.999999999"));
        let saved = Timing::build()
            .seconds(exact.and_utc())
            .millis(exact)
            .tenths(exact.time())
            .full(exact)
            .save(db)
            .await?;
        check!(saved.seconds.naive_utc() == moment(&format!("{day} 23:59:59")));
        check!(saved.millis == Some(moment(&format!("{day} 23:59:59.999"))));
        check!(saved.tenths == moment(&format!("{day} 23:59:59.9")).time());
        check!(saved.full == moment(&format!("{day} 23:59:59.999999")));
        check!(Timing::find_by_id(db, saved.id).await? == Some(saved.clone()));
        // A filter is cut alike, so that a record is found by what it was made of.
        check!(Timing::find().filter(Timing::SECONDS.eq(exact.and_utc())).one(db).await? == Some(saved));
    }
    Ok(())
}
