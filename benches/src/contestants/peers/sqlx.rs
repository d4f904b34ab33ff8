//! `sqlx`: SQL by hand, rows by `FromRow`, statements kept by the connection as it keeps every one.

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode};
use sqlx::{Connection as _, FromRow, MySql, MySqlConnection, MySqlPool, QueryBuilder};

use crate::contestant::{Contestant, Pooled};
use crate::contestants::raw::{ALL, BY_KEY, DELETE, PAGE, SOME, UPDATE, WIDE};
use crate::data::NewItem;

pub(super) const INSERT: &str =
    "INSERT INTO inserts (name, category, price, stock, added) VALUES (?, ?, ?, ?, ?)";
/// Before `VALUES`.
pub(super) const INTO: &str = "INSERT INTO inserts (name, category, price, stock, added) ";

#[derive(FromRow)]
pub struct Item {
    id: u64,
    name: String,
    category: String,
    price: f64,
    stock: i64,
    added: DateTime<Utc>,
}

#[derive(FromRow)]
pub struct Wide {
    id: u64,
    small: i16,
    medium: i32,
    big: i64,
    flag: bool,
    ratio: f64,
    title: String,
    code: String,
    body: String,
    note: Option<String>,
    parent: Option<u64>,
    made: DateTime<Utc>,
    day: NaiveDate,
    amount: Decimal,
    document: serde_json::Value,
    payload: Vec<u8>,
}

crate::item_cells!(Item);
crate::wide_cells!(Wide);

pub(super) fn options(url: &str) -> Result<MySqlConnectOptions> {
    Ok(url.parse::<MySqlConnectOptions>()?.ssl_mode(MySqlSslMode::Disabled))
}

fn saved(new: NewItem, id: u64) -> Item {
    let NewItem { name, category, price, stock, added } = new;
    Item { id, name, category, price, stock, added }
}

/// One connection.
pub struct Sqlx(MySqlConnection);

impl Sqlx {
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(MySqlConnection::connect_with(&options(url)?).await?))
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
        Ok(sqlx::query_as(BY_KEY).bind(id).fetch_optional(&mut self.0).await?)
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<Item>> {
        Ok(sqlx::query_as(SOME).bind(limit).fetch_all(&mut self.0).await?)
    }

    async fn find_all(&mut self) -> Result<Vec<Item>> {
        Ok(sqlx::query_as(ALL).fetch_all(&mut self.0).await?)
    }

    async fn find_wide(&mut self) -> Result<Vec<Wide>> {
        Ok(sqlx::query_as(WIDE).fetch_all(&mut self.0).await?)
    }

    async fn insert(&mut self, new: NewItem) -> Result<Item> {
        let query = sqlx::query(INSERT).bind(&new.name).bind(&new.category);
        let query = query.bind(new.price).bind(new.stock).bind(new.added);
        let id = query.execute(&mut self.0).await?.last_insert_id();
        Ok(saved(new, id))
    }

    /// In one statement: 10,000 rows have 50,000 placeholders, and 65,535 are allowed.
    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Item>> {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new(INTO);
        query.push_values(&items, |mut row, item| {
            row.push_bind(&item.name).push_bind(&item.category).push_bind(item.price);
            row.push_bind(item.stock).push_bind(item.added);
        });
        let first = query.build().execute(&mut self.0).await?.last_insert_id();
        Ok(items.into_iter().zip(first..).map(|(new, id)| saved(new, id)).collect())
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        sqlx::query(UPDATE).bind(stock).bind(id).execute(&mut self.0).await?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        sqlx::query(DELETE).bind(id).execute(&mut self.0).await?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        let mut transaction = self.0.begin().await?;
        let found: Option<Item> = sqlx::query_as(BY_KEY).bind(id).fetch_optional(&mut *transaction).await?;
        sqlx::query(UPDATE).bind(stock).bind(id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(found.map(|item| Item { stock, ..item }))
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        Ok(sqlx::query_as(PAGE).bind(category).bind(price).fetch_all(&mut self.0).await?)
    }
}

/// A pool as it comes, but for its size.
#[derive(Clone)]
pub struct SqlxPool(MySqlPool);

impl SqlxPool {
    pub async fn connect(url: &str) -> Result<Self> {
        let pool = MySqlPoolOptions::new().max_connections(10).min_connections(10);
        Ok(Self(pool.connect_with(options(url)?).await?))
    }
}

impl Pooled for SqlxPool {
    type Item = Item;

    fn name(&self) -> &'static str {
        "sqlx"
    }

    async fn find_by_key(&self, id: u64) -> Result<Option<Item>> {
        Ok(sqlx::query_as(BY_KEY).bind(id).fetch_optional(&self.0).await?)
    }
}
