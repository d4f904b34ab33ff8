//! The tables in `diesel`'s words, and the records that both of its kinds of connection read and write.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::mysql::Mysql;
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::data::NewItem;

diesel::table! {
    items (id) {
        id -> Unsigned<BigInt>,
        name -> Varchar,
        category -> Varchar,
        price -> Double,
        stock -> BigInt,
        added -> Datetime,
    }
}

diesel::table! {
    inserts (id) {
        id -> Unsigned<BigInt>,
        name -> Varchar,
        category -> Varchar,
        price -> Double,
        stock -> BigInt,
        added -> Datetime,
    }
}

diesel::table! {
    wides (id) {
        id -> Unsigned<BigInt>,
        small -> SmallInt,
        medium -> Integer,
        big -> BigInt,
        flag -> Bool,
        ratio -> Double,
        title -> Varchar,
        code -> Varchar,
        body -> Text,
        note -> Nullable<Varchar>,
        parent -> Nullable<Unsigned<BigInt>>,
        made -> Datetime,
        day -> Date,
        amount -> Decimal,
        document -> Json,
        payload -> Blob,
    }
}

diesel::define_sql_function! {
    /// Of the first row that the last statement inserted.
    fn last_insert_id() -> Unsigned<BigInt>;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = items, check_for_backend(Mysql))]
pub struct Item {
    pub id: u64,
    pub name: String,
    pub category: String,
    pub price: f64,
    pub stock: i64,
    pub added: NaiveDateTime,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = wides, check_for_backend(Mysql))]
pub struct Wide {
    pub id: u64,
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
    pub made: NaiveDateTime,
    pub day: NaiveDate,
    pub amount: Decimal,
    pub document: serde_json::Value,
    pub payload: Vec<u8>,
}

/// With the option that its documents name for it, so that an INSERT of one row is prepared once.
#[derive(Insertable)]
#[diesel(table_name = inserts, treat_none_as_default_value = false)]
pub struct Insert<'a> {
    name: &'a str,
    category: &'a str,
    price: f64,
    stock: i64,
    added: NaiveDateTime,
}

crate::item_cells!(Item);
crate::wide_cells!(Wide);

impl<'a> From<&'a NewItem> for Insert<'a> {
    fn from(new: &'a NewItem) -> Self {
        let NewItem { name, category, price, stock, added } = new;
        Self { name, category, price: *price, stock: *stock, added: added.naive_utc() }
    }
}

/// The record of a row that was inserted.
pub fn saved(new: NewItem, id: u64) -> Item {
    let NewItem { name, category, price, stock, added } = new;
    Item { id, name, category, price, stock, added: added.naive_utc() }
}
