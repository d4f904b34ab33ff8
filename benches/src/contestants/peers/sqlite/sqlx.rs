//! `sqlx` on an SQLite file: it runs a thread for the connection.

use anyhow::Result;
use chrono::{NaiveDate, NaiveDateTime};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, FromRow, QueryBuilder};

use super::amount::Amount;
use crate::contestant::Contestant;
use crate::contestants::peers::sqlx::{INSERT, INTO};
use crate::contestants::raw::{ALL, BY_KEY, DELETE, PAGE, SOME, UPDATE, WIDE};
use crate::contestants::rusqlite::{CHUNK, STATEMENTS};
use crate::data::NewItem;

#[derive(FromRow)]
pub struct Item {
    id: i64,
    name: String,
    category: String,
    price: f64,
    stock: i64,
    added: NaiveDateTime,
}

#[derive(FromRow)]
pub struct Wide {
    id: i64,
    small: i16,
    medium: i32,
    big: i64,
    flag: bool,
    ratio: f64,
    title: String,
    code: String,
    body: String,
    note: Option<String>,
    parent: Option<i64>,
    made: NaiveDateTime,
    day: NaiveDate,
    amount: Amount,
    document: serde_json::Value,
    payload: Vec<u8>,
}

crate::item_cells!(Item);
crate::wide_cells!(Wide);

/// Its own defaults are foreign keys, and five seconds to wait for a lock.
pub fn settings(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .statement_cache_capacity(STATEMENTS)
}

fn saved(new: NewItem, id: i64) -> Item {
    let NewItem { name, category, price, stock, added } = new;
    Item { id, name, category, price, stock, added: added.naive_utc() }
}

/// One connection.
pub struct Sqlx(SqliteConnection);

impl Sqlx {
    pub async fn open(path: &str) -> Result<Self> {
        let options = settings(SqliteConnectOptions::new().filename(path));
        Ok(Self(SqliteConnection::connect_with(&options).await?))
    }
}

impl Contestant for Sqlx {
    type Item = Item;
    type Wide = Wide;
    type Saved = Item;

    fn name(&self) -> &'static str {
        "sqlx"
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<Item>> {
        Ok(sqlx::query_as(BY_KEY).bind(i64::try_from(id)?).fetch_optional(&mut self.0).await?)
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<Item>> {
        Ok(sqlx::query_as(SOME).bind(i64::try_from(limit)?).fetch_all(&mut self.0).await?)
    }

    async fn find_all(&mut self) -> Result<Vec<Item>> {
        Ok(sqlx::query_as(ALL).fetch_all(&mut self.0).await?)
    }

    async fn find_wide(&mut self) -> Result<Vec<Wide>> {
        Ok(sqlx::query_as(WIDE).fetch_all(&mut self.0).await?)
    }

    async fn insert(&mut self, new: NewItem) -> Result<Item> {
        let query = sqlx::query(INSERT).bind(&new.name).bind(&new.category);
        let query = query.bind(new.price).bind(new.stock).bind(new.added.naive_utc());
        let id = query.execute(&mut self.0).await?.last_insert_rowid();
        Ok(saved(new, id))
    }

    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Item>> {
        let mut transaction = self.0.begin().await?;
        let mut last = 0;
        for chunk in items.chunks(CHUNK) {
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(INTO);
            query.push_values(chunk, |mut row, item| {
                row.push_bind(&item.name).push_bind(&item.category).push_bind(item.price);
                row.push_bind(item.stock).push_bind(item.added.naive_utc());
            });
            last = query.build().execute(&mut *transaction).await?.last_insert_rowid();
        }
        transaction.commit().await?;
        let first = last + 1 - i64::try_from(items.len())?;
        Ok(items.into_iter().zip(first..).map(|(new, id)| saved(new, id)).collect())
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        sqlx::query(UPDATE).bind(stock).bind(i64::try_from(id)?).execute(&mut self.0).await?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        sqlx::query(DELETE).bind(i64::try_from(id)?).execute(&mut self.0).await?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        let id = i64::try_from(id)?;
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let found: Option<Item> = sqlx::query_as(BY_KEY).bind(id).fetch_optional(&mut *transaction).await?;
        sqlx::query(UPDATE).bind(stock).bind(id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(found.map(|item| Item { stock, ..item }))
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        Ok(sqlx::query_as(PAGE).bind(category).bind(price).fetch_all(&mut self.0).await?)
    }
}
