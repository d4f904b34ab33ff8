//! `sea-orm` on an SQLite file: entities over `sqlx`, its pool of one connection.

use anyhow::{Context as _, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectOptions, Database, DatabaseConnection, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};

use super::sea_orm_entities::{insert, item, wide};
use super::sqlx::settings;
use crate::contestant::Contestant;
use crate::contestants::rusqlite::CHUNK;
use crate::data::NewItem;

pub struct SeaOrm(DatabaseConnection);

impl SeaOrm {
    pub async fn open(path: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(format!("sqlite://{path}"));
        options.max_connections(1).min_connections(1).map_sqlx_sqlite_opts(settings);
        Ok(Self(Database::connect(options).await?))
    }
}

impl Contestant for SeaOrm {
    type Item = item::Model;
    type Wide = wide::Model;
    type Saved = insert::Model;

    fn name(&self) -> &'static str {
        "sea-orm"
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<item::Model>> {
        Ok(item::Entity::find_by_id(i64::try_from(id)?).one(&self.0).await?)
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<item::Model>> {
        Ok(item::Entity::find().limit(limit).all(&self.0).await?)
    }

    async fn find_all(&mut self) -> Result<Vec<item::Model>> {
        Ok(item::Entity::find().all(&self.0).await?)
    }

    async fn find_wide(&mut self) -> Result<Vec<wide::Model>> {
        Ok(wide::Entity::find().all(&self.0).await?)
    }

    async fn insert(&mut self, new: NewItem) -> Result<insert::Model> {
        let result = insert::Entity::insert(insert::ActiveModel::from(&new)).exec(&self.0).await?;
        Ok(insert::saved(new, result.last_insert_id))
    }

    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<insert::Model>> {
        let transaction = self.0.begin().await?;
        let mut last = None;
        for chunk in items.chunks(CHUNK) {
            let rows = chunk.iter().map(insert::ActiveModel::from);
            last = insert::Entity::insert_many(rows).exec(&transaction).await?.last_insert_id;
        }
        transaction.commit().await?;
        let first = last.context("an id")? + 1 - i64::try_from(items.len())?;
        Ok(items.into_iter().zip(first..).map(|(new, id)| insert::saved(new, id)).collect())
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        let update = item::Entity::update_many().col_expr(item::Column::Stock, Expr::value(stock));
        update.filter(item::Column::Id.eq(i64::try_from(id)?)).exec(&self.0).await?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        insert::Entity::delete_by_id(i64::try_from(id)?).exec(&self.0).await?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<item::Model>> {
        let id = i64::try_from(id)?;
        let mode = Some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
        let transaction = self.0.begin_with_options(options).await?;
        let found = item::Entity::find_by_id(id).one(&transaction).await?;
        let update = item::Entity::update_many().col_expr(item::Column::Stock, Expr::value(stock));
        update.filter(item::Column::Id.eq(id)).exec(&transaction).await?;
        transaction.commit().await?;
        Ok(found.map(|item| item::Model { stock, ..item }))
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<item::Model>> {
        let dearer = item::Entity::find()
            .filter(item::Column::Category.eq(category))
            .filter(item::Column::Price.gt(price));
        let page = dearer.order_by_desc(item::Column::Id).limit(10);
        Ok(page.all(&self.0).await?)
    }
}
