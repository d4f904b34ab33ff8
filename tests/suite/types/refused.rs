//! What no column can hold is refused before anything is sent, in a record, in a filter and in an assignment.

use chrono::{NaiveDate, NaiveTime};
use orm_core::prelude::*;
use rust_decimal::Decimal;
use tests::{Fixture, Outcome};

use crate::{cases, check};

cases![
    numbers_that_are_none,
    years_of_five_digits_and_leap_seconds,
    decimals_that_would_be_rounded,
    documents_too_deep_to_be_read_again,
    refused_in_filters_and_assignments,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Reading {
    id: u64,
    ratio: Option<f64>,
    narrow: Option<f32>,
    day: Option<NaiveDate>,
    at: Option<DateTime<Utc>>,
    time: Option<NaiveTime>,
    #[model(precision = (10, 2))]
    price: Option<Decimal>,
    free: Option<serde_json::Value>,
}

/// Whether this was refused while encoding that column, without a statement.
fn is_refusal<T>(outcome: Result<T, Error>, column: &str) -> bool {
    matches!(outcome, Err(Error::Encode(mismatch)) if mismatch.table == "readings" && mismatch.column == column)
}

// No test of this module makes the table: what reached the database would fail with another error.

async fn numbers_that_are_none(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    for ratio in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        check!(is_refusal(Reading::build().ratio(ratio).save(db).await, "ratio"));
    }
    check!(is_refusal(Reading::build().narrow(f32::NAN).save(db).await, "narrow"));
    Ok(())
}

async fn years_of_five_digits_and_leap_seconds(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let day = NaiveDate::from_ymd_opt(10_000, 1, 1).ok_or("no day")?;
    let leap = NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).ok_or("no time")?;
    check!(is_refusal(Reading::build().day(day).save(db).await, "day"));
    check!(is_refusal(Reading::build().at(day.and_time(NaiveTime::MIN).and_utc()).save(db).await, "at"));
    check!(is_refusal(Reading::build().time(leap).save(db).await, "time"));
    Ok(())
}

async fn decimals_that_would_be_rounded(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    for price in ["0.001", "-12.345", "100000000"] {
        check!(is_refusal(Reading::build().price(price.parse::<Decimal>()?).save(db).await, "price"));
    }
    Ok(())
}

async fn documents_too_deep_to_be_read_again(fixture: &Fixture) -> Outcome {
    let deep = (1..200).fold(serde_json::json!([]), |inner, _| serde_json::Value::Array(vec![inner]));
    check!(is_refusal(Reading::build().free(deep).save(&fixture.db).await, "free"));
    Ok(())
}

async fn refused_in_filters_and_assignments(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let odd = f64::NAN;
    check!(is_refusal(Reading::find().filter(Reading::RATIO.gt(odd)).all(db).await, "ratio"));
    check!(is_refusal(Reading::find().filter(!Reading::RATIO.is_in([1.0, odd])).count(db).await, "ratio"));
    check!(is_refusal(Reading::find().filter(Reading::RATIO.between(odd, 1.0)).destroy(db).await, "ratio"));
    check!(is_refusal(Reading::find().everything().update(db, Reading::RATIO.set(odd)).await, "ratio"));
    Ok(())
}
