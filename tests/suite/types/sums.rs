//! Sums, averages and extremes, which the databases hand over in types of their own: MySQL adds integers up as DECIMAL, SQLite keeps
//! decimals as text.

use chrono::{NaiveDate, NaiveTime};
use orm_core::prelude::*;
use rust_decimal::Decimal;
use tests::{Fixture, Outcome};

use crate::{cases, check};

cases![
    of_every_kind_of_number,
    of_nothing,
    of_decimals_are_exact,
    beyond_64_bits_are_refused,
    decimals_are_counted_up_exactly,
    extremes_of_all_that_has_an_order,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Sale {
    id: u64,
    signed: i32,
    unsigned: u64,
    weight: f64,
    narrow: f32,
    price: Decimal,
    discount: Option<Decimal>,
    bonus: Option<i16>,
    day: NaiveDate,
    at: Option<DateTime<Utc>>,
    time: NaiveTime,
    name: String,
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn sale(n: i32, price: &str) -> impl orm_core::query::IntoDraft<Sale> + use<> {
    let day =
        NaiveDate::from_ymd_opt(2024, 2, 28).expect("a day") + chrono::Days::new(n.unsigned_abs().into());
    Sale::build()
        .signed(n)
        .unsigned(u64::from(n.unsigned_abs()))
        .weight(f64::from(n) / 2.0)
        .narrow(0.5)
        .price(decimal(price))
        .day(day)
        .at(day.and_time(NaiveTime::MIN).and_utc())
        .time(NaiveTime::MIN)
        .name(format!("sale {n}"))
}

async fn fill(db: &Db) -> Result<(), Error> {
    Sale::sync(db).await?;
    Sale::bulk_create(db, [sale(-3, "9.5"), sale(1, "10"), sale(2, "-100.0000000001"), sale(10, "2")])
        .await?;
    Ok(())
}

async fn of_every_kind_of_number(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    fill(db).await?;
    check!(Sale::find().sum(db, Sale::SIGNED).await? == Some(10_i64));
    check!(Sale::find().sum(db, Sale::UNSIGNED).await? == Some(16_u64));
    check!(Sale::find().sum(db, Sale::WEIGHT).await? == Some(5.0));
    check!(Sale::find().sum(db, Sale::NARROW).await? == Some(2.0));
    check!(Sale::find().avg(db, Sale::SIGNED).await? == Some(2.5));
    check!(Sale::find().avg(db, Sale::UNSIGNED).await? == Some(4.0));
    check!(Sale::find().avg(db, Sale::WEIGHT).await? == Some(1.25));
    check!(Sale::find().filter(Sale::SIGNED.gt(1)).sum(db, Sale::SIGNED).await? == Some(12_i64));
    let thirds = Sale::find().filter(Sale::SIGNED.is_in([-3, 1, 10])).avg(db, Sale::SIGNED).await?;
    check!(thirds.is_some_and(|thirds| (thirds - 8.0 / 3.0).abs() < 1e-4));
    Ok(())
}

/// Without rows, or where all are NULL, there is no sum; only a count is 0.
async fn of_nothing(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    fill(db).await?;
    let nobody = || Sale::find().filter(Sale::ID.eq(0));
    check!(nobody().sum(db, Sale::SIGNED).await?.is_none());
    check!(nobody().sum(db, Sale::UNSIGNED).await?.is_none());
    check!(nobody().avg(db, Sale::WEIGHT).await?.is_none());
    check!(nobody().sum(db, Sale::PRICE).await?.is_none());
    check!(nobody().max(db, Sale::NAME).await?.is_none());
    check!(nobody().count(db).await? == 0);
    check!(Sale::find().sum(db, Sale::BONUS).await?.is_none());
    check!(Sale::find().avg(db, Sale::BONUS).await?.is_none());
    check!(Sale::find().sum(db, Sale::DISCOUNT).await?.is_none());
    check!(Sale::find().min(db, Sale::DISCOUNT).await?.is_none());
    Ok(())
}

async fn of_decimals_are_exact(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    fill(db).await?;
    check!(Sale::find().sum(db, Sale::PRICE).await? == Some(decimal("-78.5000000001")));
    check!(
        Sale::find().avg(db, Sale::PRICE).await?.map(|average| average.round_dp(10))
            == Some(decimal("-19.6250000000"))
    );
    // By their numbers and not by their texts.
    check!(Sale::find().max(db, Sale::PRICE).await? == Some(decimal("10")));
    check!(Sale::find().min(db, Sale::PRICE).await? == Some(decimal("-100.0000000001")));
    check!(Sale::find().filter(Sale::PRICE.gt(decimal("9"))).count(db).await? == 2);
    check!(Sale::find().filter(Sale::PRICE.between(decimal("2.00"), decimal("9.50"))).count(db).await? == 2);
    check!(Sale::find().filter(Sale::PRICE.is_in([decimal("10.000"), decimal("2")])).count(db).await? == 2);
    let sorted = Sale::find().order_by(Sale::PRICE).all(db).await?;
    check!(sorted.iter().map(|sale| sale.signed).eq([2, 10, -3, 1]));
    Sale::find().filter(Sale::SIGNED.eq(1)).update(db, Sale::DISCOUNT.set(decimal("0.25"))).await?;
    check!(Sale::find().sum(db, Sale::DISCOUNT).await? == Some(decimal("0.25")));
    check!(Sale::find().avg(db, Sale::DISCOUNT).await? == Some(decimal("0.25")));
    Ok(())
}

/// The sum of 64-bit integers may be larger: MySQL hands it over whole, SQLite gives up. Neither may wrap.
async fn beyond_64_bits_are_refused(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    fill(db).await?;
    Sale::find().everything().update(db, Sale::UNSIGNED.set(u64::MAX >> 1)).await?;
    check!(Sale::find().sum(db, Sale::UNSIGNED).await.is_err());
    check!(Sale::find().limit(1).sum(db, Sale::UNSIGNED).await? == Some(u64::MAX >> 1));
    Ok(())
}

async fn decimals_are_counted_up_exactly(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    fill(db).await?;
    let mut sale = Sale::find_by_id(db, 1).await?.ok_or("gone")?;
    for _ in 0..10 {
        sale.update(db, Sale::PRICE.increment(decimal("0.1"))).await?;
    }
    check!(sale.price == decimal("10.5"));
    sale.update(db, Sale::PRICE.decrement(decimal("10.5000000001"))).await?;
    check!(sale.price == decimal("-0.0000000001"));
    check!(Sale::find_by_id(db, 1).await? == Some(sale));
    Ok(())
}

async fn extremes_of_all_that_has_an_order(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    fill(db).await?;
    let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day);
    check!(Sale::find().min(db, Sale::SIGNED).await? == Some(-3));
    check!(Sale::find().max(db, Sale::UNSIGNED).await? == Some(10));
    check!(Sale::find().max(db, Sale::WEIGHT).await? == Some(5.0));
    check!(Sale::find().max(db, Sale::NARROW).await? == Some(0.5));
    check!(Sale::find().min(db, Sale::DAY).await? == day(2, 29));
    check!(
        Sale::find().max(db, Sale::AT).await? == day(3, 9).map(|day| day.and_time(NaiveTime::MIN).and_utc())
    );
    check!(Sale::find().max(db, Sale::TIME).await? == Some(NaiveTime::MIN));
    check!(Sale::find().max(db, Sale::NAME).await?.as_deref() == Some("sale 2"));
    Ok(())
}
