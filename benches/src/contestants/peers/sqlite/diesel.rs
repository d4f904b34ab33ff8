//! `diesel` on an SQLite file, without async: called on the benchmark's own thread.

use anyhow::Result;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use super::diesel_schema::{Insert, Item, Wide, inserts, items, last_insert_rowid, saved, wides};
use crate::contestant::Contestant;
use crate::contestants::rusqlite::{CHUNK, SETTINGS};
use crate::data::NewItem;

/// One connection.
pub struct Diesel(SqliteConnection);

impl Diesel {
    pub fn open(path: &str) -> Result<Self> {
        let mut connection = SqliteConnection::establish(path)?;
        connection.batch_execute(SETTINGS)?;
        connection.batch_execute("PRAGMA busy_timeout = 5000")?;
        Ok(Self(connection))
    }
}

impl Contestant for Diesel {
    type Item = Item;
    type Wide = Wide;
    type Saved = Item;

    fn name(&self) -> &'static str {
        "diesel"
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<Item>> {
        let item = items::table.find(i64::try_from(id)?).select(Item::as_select());
        Ok(item.first(&mut self.0).optional()?)
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<Item>> {
        let limit = i64::try_from(limit)?;
        Ok(items::table.limit(limit).select(Item::as_select()).load(&mut self.0)?)
    }

    async fn find_all(&mut self) -> Result<Vec<Item>> {
        Ok(items::table.select(Item::as_select()).load(&mut self.0)?)
    }

    async fn find_wide(&mut self) -> Result<Vec<Wide>> {
        Ok(wides::table.select(Wide::as_select()).load(&mut self.0)?)
    }

    async fn insert(&mut self, new: NewItem) -> Result<Item> {
        diesel::insert_into(inserts::table).values(Insert::from(&new)).execute(&mut self.0)?;
        let id = diesel::select(last_insert_rowid()).get_result(&mut self.0)?;
        Ok(saved(new, id))
    }

    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Item>> {
        let last: i64 = self.0.transaction(|connection| {
            for chunk in items.chunks(CHUNK) {
                let rows: Vec<Insert<'_>> = chunk.iter().map(Insert::from).collect();
                diesel::insert_into(inserts::table).values(rows).execute(connection)?;
            }
            diesel::select(last_insert_rowid()).get_result(connection)
        })?;
        let first = last + 1 - i64::try_from(items.len())?;
        Ok(items.into_iter().zip(first..).map(|(new, id)| saved(new, id)).collect())
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        let item = items::table.find(i64::try_from(id)?);
        diesel::update(item).set(items::stock.eq(stock)).execute(&mut self.0)?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        diesel::delete(inserts::table.find(i64::try_from(id)?)).execute(&mut self.0)?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        let id = i64::try_from(id)?;
        self.0.immediate_transaction(|connection| {
            let found: Option<Item> =
                items::table.find(id).select(Item::as_select()).first(connection).optional()?;
            diesel::update(items::table.find(id)).set(items::stock.eq(stock)).execute(connection)?;
            Ok(found.map(|item| Item { stock, ..item }))
        })
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        let dearer = items::category.eq(category).and(items::price.gt(price));
        let page = items::table.filter(dearer).order(items::id.desc()).limit(10);
        Ok(page.select(Item::as_select()).load(&mut self.0)?)
    }
}
