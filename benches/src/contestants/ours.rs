//! This project's own calls, as an application writes them.

use anyhow::Result;
use chrono::NaiveDate;
use orm_core::prelude::*;
use rust_decimal::Decimal;

use crate::contestant::{Contestant, Pooled};
use crate::data::{self, NewItem, ROWS};

#[derive(Model, Debug, Clone)]
pub struct Item {
    id: u64,
    name: String,
    category: String,
    price: f64,
    stock: i64,
    added: DateTime<Utc>,
}

/// A row of the table that is written to; the same columns.
#[derive(Model, Debug, Clone)]
pub struct Insert {
    id: u64,
    name: String,
    category: String,
    price: f64,
    stock: i64,
    added: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
pub struct Wide {
    id: u64,
    small: i16,
    medium: i32,
    big: i64,
    flag: bool,
    ratio: f64,
    title: String,
    code: String,
    #[model(text)]
    body: String,
    note: Option<String>,
    parent: Option<u64>,
    made: DateTime<Utc>,
    day: NaiveDate,
    #[model(precision = (12, 2))]
    amount: Decimal,
    document: serde_json::Value,
    payload: Vec<u8>,
}

crate::item_cells!(Item);
crate::item_cells!(Insert);
crate::wide_cells!(Wide);

/// A `Db` of so many connections.
#[derive(Clone)]
pub struct Ours(pub(crate) Db);

impl Ours {
    pub async fn connect(url: &str, connections: usize) -> Result<Self> {
        Ok(Self(
            DbOptions::new(url).max_connections(connections).min_connections(connections).connect().await?,
        ))
    }

    /// Fills the tables that are read.
    pub async fn fill(&self) -> Result<()> {
        let items = (0..ROWS).map(data::item).map(|new| {
            let NewItem { name, category, price, stock, added } = new;
            Item::build().name(name).category(category).price(price).stock(stock).added(added)
        });
        Item::bulk_create(&self.0, items).await?;
        let wides = (0..ROWS).map(data::wide).map(|new| {
            let numbers = Wide::build()
                .small(new.small)
                .medium(new.medium)
                .big(new.big)
                .flag(new.flag)
                .ratio(new.ratio);
            let texts =
                numbers.title(new.title).code(new.code).body(new.body).note(new.note).parent(new.parent);
            texts.made(new.made).day(new.day).amount(new.amount).document(new.document).payload(new.payload)
        });
        Wide::bulk_create(&self.0, wides).await?;
        Ok(())
    }
}

/// The ten newest items of a category that cost more.
pub fn dearer(category: &str, price: f64) -> Query<Item> {
    let dearer = Item::CATEGORY.eq(category) & Item::PRICE.gt(price);
    Item::find().filter(dearer).order_by(Item::ID.desc()).limit(10)
}

impl Contestant for Ours {
    type Item = Item;
    type Wide = Wide;
    type Saved = Insert;

    fn name(&self) -> &'static str {
        "orm-core"
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<Item>> {
        Ok(Item::find_by_id(&self.0, id).await?)
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<Item>> {
        Ok(Item::find().limit(limit).all(&self.0).await?)
    }

    async fn find_all(&mut self) -> Result<Vec<Item>> {
        Ok(Item::find().all(&self.0).await?)
    }

    async fn find_wide(&mut self) -> Result<Vec<Wide>> {
        Ok(Wide::find().all(&self.0).await?)
    }

    async fn insert(&mut self, new: NewItem) -> Result<Insert> {
        let NewItem { name, category, price, stock, added } = new;
        let draft = Insert::build().name(name).category(category).price(price).stock(stock).added(added);
        Ok(draft.save(&self.0).await?)
    }

    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Insert>> {
        let drafts = items.into_iter().map(|NewItem { name, category, price, stock, added }| {
            Insert::build().name(name).category(category).price(price).stock(stock).added(added)
        });
        Ok(Insert::bulk_create(&self.0, drafts).await?)
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        Item::find().filter(Item::ID.eq(id)).update(&self.0, Item::STOCK.set(stock)).await?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        Insert::find().filter(Insert::ID.eq(id)).destroy(&self.0).await?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        let item = self.0.transaction(async |tx| {
            let item = Item::find_by_id(tx, id).await?;
            Item::find().filter(Item::ID.eq(id)).update(tx, Item::STOCK.set(stock)).await?;
            Ok(item.map(|item| Item { stock, ..item }))
        });
        Ok(item.await?)
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        Ok(dearer(category, price).all(&self.0).await?)
    }
}

impl Pooled for Ours {
    type Item = Item;

    fn name(&self) -> &'static str {
        "orm-core"
    }

    async fn find_by_key(&self, id: u64) -> Result<Option<Item>> {
        Ok(Item::find_by_id(&self.0, id).await?)
    }
}
