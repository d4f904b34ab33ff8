//! The rows that everybody reads and writes, made up but always the same.

pub mod trees;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::json;

/// How many rows the tables `items` and `wides` have.
pub const ROWS: u64 = 10_000;
/// How many categories the items are in.
pub const CATEGORIES: u64 = 100;

/// What is known of an item before the database gives it an id.
#[derive(Debug, Clone)]
pub struct NewItem {
    pub name: String,
    pub category: String,
    pub price: f64,
    pub stock: i64,
    pub added: DateTime<Utc>,
}

/// What is known of a wide row before the database gives it an id.
#[derive(Debug, Clone)]
pub struct NewWide {
    pub small: i16,
    pub medium: i32,
    pub big: i64,
    pub flag: bool,
    pub ratio: f64,
    pub title: String,
    pub code: String,
    pub body: String,
    pub note: Option<String>,
    pub parent: Option<u64>,
    pub made: DateTime<Utc>,
    pub day: NaiveDate,
    pub amount: Decimal,
    pub document: serde_json::Value,
    pub payload: Vec<u8>,
}

crate::cells!(NewItem: name category price stock added);
crate::cells!(NewWide: small medium big flag ratio title code body note parent made day amount document payload);

/// The n-th item.
pub fn item(n: u64) -> NewItem {
    NewItem {
        name: format!("item number {n}"),
        category: category(n),
        price: (scattered(n) % 10_000) as f64 / 8.0,
        stock: i64::try_from(n % 500).unwrap_or(0),
        added: moment(n),
    }
}

/// The category that the n-th item is in.
pub fn category(n: u64) -> String {
    format!("category {}", n % CATEGORIES)
}

/// The n-th wide row.
pub fn wide(n: u64) -> NewWide {
    let small = i16::try_from(n % 20_000).unwrap_or(0);
    let medium = i32::try_from(n).unwrap_or(0);
    NewWide {
        small: small - 10_000,
        medium: medium * 100 - 500_000,
        big: i64::from(medium) * 1_000_000_007,
        flag: n.is_multiple_of(3),
        ratio: scattered(n) as f64 / 1024.0,
        title: format!("The title of row {n}"),
        code: format!("C{n:08}"),
        body: format!("Row {n} says this and that, and grüßt. ").repeat(3),
        note: (!n.is_multiple_of(2)).then(|| format!("a note on {n}")),
        parent: (!n.is_multiple_of(4)).then_some(n / 2),
        made: moment(n),
        day: NaiveDate::default() + Days::new(n % 20_000),
        amount: Decimal::new(i64::from(medium) * 7 + 1, 2),
        document: json!({ "n": n, "tags": ["a", "b"], "half": n as f64 / 2.0 + 0.25, "open": n.is_multiple_of(2) }),
        payload: n.to_be_bytes().repeat(4),
    }
}

fn moment(n: u64) -> DateTime<Utc> {
    let seconds = i64::try_from(n).unwrap_or(0);
    DateTime::<Utc>::UNIX_EPOCH
        + TimeDelta::seconds(1_600_000_000 + seconds * 61)
        + TimeDelta::microseconds(seconds * 37)
}

/// A number that looks like chance and is not.
pub fn scattered(n: u64) -> u64 {
    n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40
}
