//! Hand-written `mysql_async`: statements kept prepared, rows by position, one connection.

use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, Params, Row, Statement, TxOpts, Value};
use rust_decimal::Decimal;

use crate::contestant::Contestant;
use crate::data::NewItem;

pub const BY_KEY: &str = "SELECT id, name, category, price, stock, added FROM items WHERE id = ?";
pub const SOME: &str = "SELECT id, name, category, price, stock, added FROM items LIMIT ?";
pub const ALL: &str = "SELECT id, name, category, price, stock, added FROM items";
pub const WIDE: &str = "SELECT id, small, medium, big, flag, ratio, title, code, body, note, parent, made, day, amount, document, payload FROM wides";
pub const UPDATE: &str = "UPDATE items SET stock = ? WHERE id = ?";
pub const DELETE: &str = "DELETE FROM inserts WHERE id = ?";
pub const PAGE: &str = "SELECT id, name, category, price, stock, added FROM items WHERE category = ? AND price > ? ORDER BY id DESC LIMIT 10";

/// Rows of one statement of a bulk insert. One statement for all 10,000 takes a third longer.
const CHUNK: usize = 1_000;

#[derive(Debug)]
pub struct Item {
    pub id: u64,
    pub name: String,
    pub category: String,
    pub price: f64,
    pub stock: i64,
    pub added: DateTime<Utc>,
}

#[derive(Debug)]
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
    pub made: DateTime<Utc>,
    pub day: NaiveDate,
    pub amount: Decimal,
    pub document: serde_json::Value,
    pub payload: Vec<u8>,
}

crate::item_cells!(Item);
crate::wide_cells!(Wide);

pub struct Raw {
    name: &'static str,
    conn: Conn,
    /// Whether the ids of many rows are asked for by RETURNING: MariaDB does not promise that they follow one another.
    returning: bool,
    by_key: Statement,
    some: Statement,
    all: Statement,
    wide: Statement,
    insert: Statement,
    insert_100: Statement,
    insert_chunk: Statement,
    update: Statement,
    delete: Statement,
    page: Statement,
}

/// The options that everybody connects with.
pub fn options(url: &str) -> Result<OptsBuilder> {
    Ok(OptsBuilder::from_opts(Opts::from_url(url)?)
        .prefer_socket(false)
        .tcp_nodelay(true)
        .client_found_rows(true)
        .max_allowed_packet(Some(1 << 30))
        .wait_timeout(Some(28_800)))
}

impl Raw {
    pub async fn connect(name: &'static str, url: &str) -> Result<Self> {
        let mut conn = Conn::new(options(url)?.stmt_cache_size(0)).await?;
        conn.query_drop("SET time_zone = '+00:00'").await?;
        let version: Option<String> = conn.query_first("SELECT VERSION()").await?;
        let returning = version.is_some_and(|version| version.contains("MariaDB"));
        let many = |rows| insert(rows) + if returning { " RETURNING id" } else { "" };
        Ok(Self {
            name,
            returning,
            by_key: conn.prep(BY_KEY).await?,
            some: conn.prep(SOME).await?,
            all: conn.prep(ALL).await?,
            wide: conn.prep(WIDE).await?,
            insert: conn.prep(insert(1)).await?,
            insert_100: conn.prep(many(100)).await?,
            insert_chunk: conn.prep(many(CHUNK)).await?,
            update: conn.prep(UPDATE).await?,
            delete: conn.prep(DELETE).await?,
            page: conn.prep(PAGE).await?,
            conn,
        })
    }
}

pub fn insert(rows: usize) -> String {
    let values = vec!["(?, ?, ?, ?, ?)"; rows].join(", ");
    format!("INSERT INTO inserts (name, category, price, stock, added) VALUES {values}")
}

/// Inserts many rows by one statement, and adds their ids.
async fn insert_many(
    conn: &mut impl Queryable,
    statement: &Statement,
    items: &[NewItem],
    returning: bool,
    ids: &mut Vec<u64>,
) -> Result<()> {
    if returning {
        let before = ids.len();
        conn.exec_fold(statement, params(items), (), |(), id| ids.push(id)).await?;
        ids[before..].sort_unstable();
    } else {
        let result = conn.exec_iter(statement, params(items)).await?;
        let first = result.last_insert_id().context("an id")?;
        result.drop_result().await?;
        ids.extend((first..).take(items.len()));
    }
    Ok(())
}

type Columns = (u64, String, String, f64, i64, NaiveDateTime);

pub fn item((id, name, category, price, stock, added): Columns) -> Item {
    Item { id, name, category, price, stock, added: added.and_utc() }
}

fn wide(mut row: Row) -> Option<Wide> {
    let made: NaiveDateTime = row.take(11)?;
    let document: Vec<u8> = row.take(14)?;
    Some(Wide {
        id: row.take(0)?,
        small: row.take(1)?,
        medium: row.take(2)?,
        big: row.take(3)?,
        flag: row.take(4)?,
        ratio: row.take(5)?,
        title: row.take(6)?,
        code: row.take(7)?,
        body: row.take(8)?,
        note: row.take(9)?,
        parent: row.take(10)?,
        made: made.and_utc(),
        day: row.take(12)?,
        amount: row.take(13)?,
        document: serde_json::from_slice(&document).ok()?,
        payload: row.take(15)?,
    })
}

fn push_params(params: &mut Vec<Value>, item: &NewItem) {
    params.push(item.name.as_str().into());
    params.push(item.category.as_str().into());
    params.push(item.price.into());
    params.push(item.stock.into());
    params.push(item.added.naive_utc().into());
}

pub fn params(items: &[NewItem]) -> Params {
    let mut params = Vec::with_capacity(items.len() * 5);
    items.iter().for_each(|item| push_params(&mut params, item));
    Params::Positional(params)
}

pub fn saved(new: NewItem, id: u64) -> Item {
    let NewItem { name, category, price, stock, added } = new;
    Item { id, name, category, price, stock, added }
}

impl Contestant for Raw {
    type Item = Item;
    type Wide = Wide;
    type Saved = Item;

    fn name(&self) -> &'static str {
        self.name
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<Item>> {
        Ok(self.conn.exec_first(&self.by_key, (id,)).await?.map(item))
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<Item>> {
        Ok(self.conn.exec_map(&self.some, (limit,), item).await?)
    }

    async fn find_all(&mut self) -> Result<Vec<Item>> {
        Ok(self.conn.exec_map(&self.all, (), item).await?)
    }

    async fn find_wide(&mut self) -> Result<Vec<Wide>> {
        let rows = self.conn.exec_map(&self.wide, (), wide).await?;
        rows.into_iter().collect::<Option<Vec<Wide>>>().context("a column was taken twice")
    }

    async fn insert(&mut self, new: NewItem) -> Result<Item> {
        self.conn.exec_drop(&self.insert, params(std::slice::from_ref(&new))).await?;
        let id = self.conn.last_insert_id().context("an id")?;
        Ok(saved(new, id))
    }

    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Item>> {
        let mut ids = Vec::with_capacity(items.len());
        if items.len() == 100 {
            insert_many(&mut self.conn, &self.insert_100, &items, self.returning, &mut ids).await?;
        } else {
            let mut transaction = self.conn.start_transaction(TxOpts::default()).await?;
            for chunk in items.chunks(CHUNK) {
                insert_many(&mut transaction, &self.insert_chunk, chunk, self.returning, &mut ids).await?;
            }
            transaction.commit().await?;
        }
        Ok(items.into_iter().zip(ids).map(|(new, id)| saved(new, id)).collect())
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        Ok(self.conn.exec_drop(&self.update, (stock, id)).await?)
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        Ok(self.conn.exec_drop(&self.delete, (id,)).await?)
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        let mut transaction = self.conn.start_transaction(TxOpts::default()).await?;
        let found = transaction.exec_first(&self.by_key, (id,)).await?.map(item);
        transaction.exec_drop(&self.update, (stock, id)).await?;
        transaction.commit().await?;
        Ok(found.map(|item| Item { stock, ..item }))
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        Ok(self.conn.exec_map(&self.page, (category, price), item).await?)
    }
}
