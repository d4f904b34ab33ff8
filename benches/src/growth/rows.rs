//! Rows that are read, all at once and one by one, and rows that are inserted from an iterator.

use anyhow::Result;
use chrono::NaiveDateTime;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Statement, TxOpts};
use orm_core::prelude::*;

use super::{Subject, Worker, by_hand};
use crate::contestant::Local;
use crate::contestants::ours::Ours;
use crate::contestants::raw::{self, SOME, insert as insert_statement, params};
use crate::data::{self, NewItem};

/// More of them at once would be a matter of the machine's memory.
const MOST_AT_ONCE: u64 = 100_000;
/// Rows of one statement of hand-written code.
const CHUNK: usize = 1_000;

const ALL: &str = "orm-core, all";
const STREAM: &str = "orm-core, stream";
const MAP: &str = "mysql_async, exec_map";
const FOLD: &str = "mysql_async, exec_fold";

#[derive(Model, Debug, Clone)]
struct Item {
    id: u64,
    name: String,
    category: String,
    price: f64,
    stock: i64,
    added: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
struct Insert {
    id: u64,
    name: String,
    category: String,
    price: f64,
    stock: i64,
    added: DateTime<Utc>,
}

/// Fills the table that is read.
pub async fn read(url: &str, quick: bool) -> Result<Subject> {
    let sizes = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
    let sizes = if quick { sizes[..6].to_vec() } else { sizes.to_vec() };
    let db = Ours::connect(url, 1).await?.0;
    let rows = sizes.iter().copied().max().unwrap_or(0);
    let drafts = (0..rows).map(data::item).map(|NewItem { name, category, price, stock, added }| {
        Item::build().name(name).category(category).price(price).stock(stock).added(added)
    });
    Item::bulk_insert(drafts).exec(&db).await?;
    let workers: Vec<Box<dyn Worker>> = vec![
        Box::new(All(Ours::connect(url, 1).await?.0)),
        Box::new(Map(Reading::open(url).await?)),
        Box::new(Stream(Ours::connect(url, 1).await?.0)),
        Box::new(Fold(Reading::open(url).await?)),
    ];
    Ok(Subject { title: "Rows read", units: "rows", unit: "row", sizes, memory: true, workers })
}

pub async fn insert(url: &str, quick: bool) -> Result<Subject> {
    let sizes = if quick { vec![1_000, 10_000] } else { vec![1_000, 10_000, 100_000, 1_000_000] };
    let mut conn = by_hand(url).await?;
    let statement = conn.prep(insert_statement(CHUNK)).await?;
    let workers: Vec<Box<dyn Worker>> = vec![
        Box::new(OurInsert { db: Ours::connect(url, 1).await?.0, emptier: by_hand(url).await? }),
        Box::new(HandInsert { conn, statement, emptier: by_hand(url).await? }),
    ];
    let title = "Rows inserted from an iterator";
    Ok(Subject { title, units: "rows", unit: "row", sizes, memory: true, workers })
}

fn sum(of: u64, id: u64, name: &str, added: DateTime<Utc>) -> u64 {
    of.wrapping_add(id * 31 + name.len() as u64).wrapping_add(u64::from(added.timestamp_subsec_micros()))
}

struct All(Db);

impl Worker for All {
    fn name(&self) -> &'static str {
        ALL
    }

    fn most(&self) -> u64 {
        MOST_AT_ONCE
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let items = Item::find().limit(size).all(&self.0).await?;
            Ok(items.iter().fold(0, |of, item| sum(of, item.id, &item.name, item.added)))
        })
    }
}

struct Stream(Db);

impl Worker for Stream {
    fn name(&self) -> &'static str {
        STREAM
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let mut items = Item::find().limit(size).stream(&self.0);
            let mut total = 0;
            while let Some(item) = items.next().await {
                let item = item?;
                total = sum(total, item.id, &item.name, item.added);
            }
            Ok(total)
        })
    }
}

/// A connection that has the statement.
struct Reading {
    conn: Conn,
    some: Statement,
}

impl Reading {
    async fn open(url: &str) -> Result<Self> {
        let mut conn = by_hand(url).await?;
        let some = conn.prep(SOME).await?;
        Ok(Self { conn, some })
    }
}

struct Map(Reading);

impl Worker for Map {
    fn name(&self) -> &'static str {
        MAP
    }

    fn most(&self) -> u64 {
        MOST_AT_ONCE
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let items = self.0.conn.exec_map(&self.0.some, (size,), raw::item).await?;
            Ok(items.iter().fold(0, |of, item| sum(of, item.id, &item.name, item.added)))
        })
    }
}

struct Fold(Reading);

impl Worker for Fold {
    fn name(&self) -> &'static str {
        FOLD
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let add = |of, row: (u64, String, String, f64, i64, NaiveDateTime)| {
                let item = raw::item(row);
                sum(of, item.id, &item.name, item.added)
            };
            Ok(self.0.conn.exec_fold(&self.0.some, (size,), 0, add).await?)
        })
    }
}

struct OurInsert {
    db: Db,
    emptier: Conn,
}

struct HandInsert {
    conn: Conn,
    statement: Statement,
    emptier: Conn,
}

fn empty(conn: &mut Conn) -> Local<'_, ()> {
    Box::pin(async { Ok(conn.query_drop("TRUNCATE TABLE inserts").await?) })
}

impl Worker for OurInsert {
    fn name(&self) -> &'static str {
        "orm-core, bulk_insert"
    }

    fn ready(&mut self) -> Local<'_, ()> {
        empty(&mut self.emptier)
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let drafts = (0..size).map(data::item).map(|NewItem { name, category, price, stock, added }| {
                Insert::build().name(name).category(category).price(price).stock(stock).added(added)
            });
            Ok(Insert::bulk_insert(drafts).exec(&self.db).await?)
        })
    }
}

impl Worker for HandInsert {
    fn name(&self) -> &'static str {
        "mysql_async, 1,000 rows a statement"
    }

    fn ready(&mut self) -> Local<'_, ()> {
        empty(&mut self.emptier)
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let mut transaction = self.conn.start_transaction(TxOpts::default()).await?;
            let mut inserted = 0;
            for first in (0..size).step_by(CHUNK) {
                let chunk: Vec<NewItem> = (first..first + CHUNK as u64).map(data::item).collect();
                transaction.exec_drop(&self.statement, params(&chunk)).await?;
                inserted += transaction.affected_rows();
            }
            transaction.commit().await?;
            Ok(inserted)
        })
    }
}
