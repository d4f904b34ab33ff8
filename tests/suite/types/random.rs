//! Records of arbitrary values of all types, the same on every run: what is stored comes back.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use orm_core::prelude::*;
use orm_core::query::IntoDraft;
use orm_core::types::Json;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use tests::{Fixture, Outcome};
use uuid::Uuid;

use crate::{cases, check};

cases![whatever_is_stored_comes_back, whatever_is_assigned_comes_back, whatever_many_are_given_comes_back];

#[derive(Model, Debug, Clone, PartialEq)]
struct Anything {
    id: u64,
    tiny: i8,
    small: i16,
    medium: i32,
    large: i64,
    unsigned_tiny: u8,
    unsigned_small: u16,
    unsigned_medium: u32,
    unsigned_large: Option<u64>,
    double: f64,
    narrow: f32,
    truth: bool,
    words: String,
    maybe_words: Option<String>,
    data: Vec<u8>,
    at: DateTime<Utc>,
    moment: Option<NaiveDateTime>,
    day: NaiveDate,
    time: NaiveTime,
    price: Decimal,
    tag: Uuid,
    free: serde_json::Value,
    list: Json<Vec<Option<String>>>,
}

/// Years 1 to 9999. MySQL promises years from 1000 on only, and keeps the earlier ones as well.
fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (-62_135_596_800_i64..=253_402_300_799, 0_u32..1_000_000)
        .prop_map(|(seconds, micros)| DateTime::from_timestamp(seconds, micros * 1_000).expect("in range"))
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        prop::num::f64::NORMAL.prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..=255).prop_map(String::from_iter)
}

fn anything() -> impl Strategy<Value = Anything> {
    let integers = any::<(i8, i16, i32, i64, u8, u16, u32, Option<i64>)>();
    let floats = (
        prop::num::f64::NORMAL | prop::num::f64::ZERO,
        prop::num::f32::NORMAL | prop::num::f32::ZERO,
        any::<bool>(),
    );
    let texts = (words(), prop::option::of(words()), prop::collection::vec(any::<u8>(), 0..300));
    let times = (instant(), prop::option::of(instant()));
    let price = (-9_999_999_999_999_999_999_999_999_999_i128..=9_999_999_999_999_999_999_999_999_999)
        .prop_map(|units| Decimal::from_i128_with_scale(units, 10).normalize());
    let rest = (price, any::<u128>(), document(), prop::collection::vec(any::<Option<String>>(), 0..5));
    (integers, floats, texts, times, rest).prop_map(|(integers, floats, texts, times, rest)| Anything {
        id: 0,
        tiny: integers.0,
        small: integers.1,
        medium: integers.2,
        large: integers.3,
        unsigned_tiny: integers.4,
        unsigned_small: integers.5,
        unsigned_medium: integers.6,
        unsigned_large: integers.7.map(i64::unsigned_abs).filter(|large| *large <= u64::MAX >> 1),
        double: floats.0,
        narrow: floats.1,
        truth: floats.2,
        words: texts.0,
        maybe_words: texts.1,
        data: texts.2,
        at: times.0,
        moment: times.1.map(|at| at.naive_utc()),
        day: times.0.date_naive(),
        time: times.0.time(),
        price: rest.0,
        tag: Uuid::from_u128(rest.1),
        free: rest.2,
        list: Json(rest.3),
    })
}

fn sample(count: usize) -> Result<Vec<Anything>, String> {
    let mut runner = TestRunner::deterministic();
    let strategy = anything();
    (0..count)
        .map(|_| Ok(strategy.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current()))
        .collect()
}

fn draft(value: &Anything) -> impl IntoDraft<Anything, Along = ()> + use<> {
    Anything::build()
        .tiny(value.tiny)
        .small(value.small)
        .medium(value.medium)
        .large(value.large)
        .unsigned_tiny(value.unsigned_tiny)
        .unsigned_small(value.unsigned_small)
        .unsigned_medium(value.unsigned_medium)
        .unsigned_large(value.unsigned_large)
        .double(value.double)
        .narrow(value.narrow)
        .truth(value.truth)
        .words(&value.words)
        .maybe_words(value.maybe_words.as_ref())
        .data(&value.data)
        .at(value.at)
        .moment(value.moment)
        .day(value.day)
        .time(value.time)
        .price(value.price)
        .tag(value.tag)
        .free(&value.free)
        .list(&value.list)
}

async fn whatever_is_stored_comes_back(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Anything::sync(db).await?;
    let wanted = sample(200)?;
    let saved = Anything::bulk_create(db, wanted.iter().map(draft)).await?;
    let read = Anything::find().order_by(Anything::ID).all(db).await?;
    check!(saved.len() == wanted.len() && read.len() == wanted.len());
    for ((mut wanted, saved), read) in wanted.into_iter().zip(saved).zip(read) {
        wanted.id = saved.id;
        if saved != wanted || read != wanted {
            return Err(format!("wanted {wanted:?}\n saved {saved:?}\n  read {read:?}").into());
        }
    }
    Ok(())
}

async fn whatever_is_assigned_comes_back(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Anything::sync(db).await?;
    let values = sample(60)?;
    let (first, others) = values.split_first().ok_or("no values")?;
    let id = Anything::bulk_create(db, [draft(first)]).await?[0].id;
    for value in others {
        let mut record = Anything { id, ..value.clone() };
        record.save(db).await?;
        let read = Anything::find_by_id(db, id).await?.ok_or("gone")?;
        if read != record {
            return Err(format!("wanted {record:?}\n  read {read:?}").into());
        }
    }
    Ok(())
}

async fn whatever_many_are_given_comes_back(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Anything::sync(db).await?;
    let values = sample(300)?;
    Anything::bulk_insert(values.iter().map(draft)).exec(db).await?;
    let mut records = Anything::find().order_by(Anything::ID).all(db).await?;
    for (record, value) in records.iter_mut().zip(values.iter().rev()) {
        *record = Anything { id: record.id, ..value.clone() };
    }
    let numbers = (
        (Anything::TINY, Anything::SMALL, Anything::MEDIUM, Anything::LARGE),
        (
            Anything::UNSIGNED_TINY,
            Anything::UNSIGNED_SMALL,
            Anything::UNSIGNED_MEDIUM,
            Anything::UNSIGNED_LARGE,
        ),
        (Anything::DOUBLE, Anything::NARROW, Anything::TRUTH, Anything::PRICE),
    );
    let texts = (Anything::WORDS, Anything::MAYBE_WORDS, Anything::DATA, Anything::TAG);
    let others =
        (Anything::AT, Anything::MOMENT, Anything::DAY, Anything::TIME, Anything::FREE, Anything::LIST);
    Anything::bulk_update(db, &mut records, (numbers, texts, others)).await?;
    let read = Anything::find().order_by(Anything::ID).all(db).await?;
    check!(read.len() == records.len());
    for (wanted, read) in records.iter().zip(&read) {
        if wanted != read {
            return Err(format!("wanted {wanted:?}\n  read {read:?}").into());
        }
    }
    Ok(())
}
