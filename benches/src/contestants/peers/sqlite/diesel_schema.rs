//! The tables as `diesel` has them for SQLite, which knows no unsigned integers.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::amount::Amount;
use crate::data::NewItem;

diesel::table! {
    items (id) {
        id -> BigInt,
        name -> Text,
        category -> Text,
        price -> Double,
        stock -> BigInt,
        added -> Timestamp,
    }
}

diesel::table! {
    inserts (id) {
        id -> BigInt,
        name -> Text,
        category -> Text,
        price -> Double,
        stock -> BigInt,
        added -> Timestamp,
    }
}

diesel::table! {
    wides (id) {
        id -> BigInt,
        small -> SmallInt,
        medium -> Integer,
        big -> BigInt,
        flag -> Bool,
        ratio -> Double,
        title -> Text,
        code -> Text,
        body -> Text,
        note -> Nullable<Text>,
        parent -> Nullable<BigInt>,
        made -> Timestamp,
        day -> Date,
        amount -> Text,
        document -> Json,
        payload -> Binary,
    }
}

diesel::define_sql_function! {
    /// Of the last row that was inserted.
    fn last_insert_rowid() -> BigInt;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = items, check_for_backend(Sqlite))]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub category: String,
    pub price: f64,
    pub stock: i64,
    pub added: NaiveDateTime,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = wides, check_for_backend(Sqlite))]
pub struct Wide {
    pub id: i64,
    pub small: i16,
    pub medium: i32,
    pub big: i64,
    pub flag: bool,
    pub ratio: f64,
    pub title: String,
    pub code: String,
    pub body: String,
    pub note: Option<String>,
    pub parent: Option<i64>,
    pub made: NaiveDateTime,
    pub day: NaiveDate,
    pub amount: Amount,
    pub document: serde_json::Value,
    pub payload: Vec<u8>,
}

/// With the option that its documents name for it, so that many rows are one INSERT.
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
pub fn saved(new: NewItem, id: i64) -> Item {
    let NewItem { name, category, price, stock, added } = new;
    Item { id, name, category, price, stock, added: added.naive_utc() }
}
