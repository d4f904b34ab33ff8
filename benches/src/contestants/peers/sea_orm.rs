//! `sea-orm`: entities over `sqlx`. Its pool is told to be of one connection, and is left alone otherwise.

use std::mem::take;

use anyhow::{Context as _, Result};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectOptions, Database, DatabaseConnection, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, TransactionTrait as _,
};

use super::sea_orm_entities::{comment, detail, insert, item, order, post, user, wide};
use crate::contestant::{Contestant, Pooled};
use crate::data::NewItem;
use crate::eager::{Eager, With};

/// A pool.
#[derive(Clone)]
pub struct SeaOrm(DatabaseConnection);

impl SeaOrm {
    pub async fn connect(url: &str, connections: u32) -> Result<Self> {
        let mut options = ConnectOptions::new(format!("{url}?ssl-mode=DISABLED"));
        options.max_connections(connections).min_connections(connections);
        Ok(Self(Database::connect(options).await?))
    }
}

/// The ten newest items of a category that cost more.
pub fn dearer(category: &str, price: f64) -> Select<item::Entity> {
    let dearer = item::Entity::find()
        .filter(item::Column::Category.eq(category))
        .filter(item::Column::Price.gt(price));
    dearer.order_by_desc(item::Column::Id).limit(10)
}

impl Contestant for SeaOrm {
    type Item = item::Model;
    type Wide = wide::Model;
    type Saved = insert::Model;

    fn name(&self) -> &'static str {
        "sea-orm"
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<item::Model>> {
        Ok(item::Entity::find_by_id(id).one(&self.0).await?)
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

    /// The id that comes back is the first one on these servers, whatever it is called.
    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<insert::Model>> {
        let rows = items.iter().map(insert::ActiveModel::from);
        let result = insert::Entity::insert_many(rows).exec(&self.0).await?;
        let first = result.last_insert_id.context("an id")?;
        Ok(items.into_iter().zip(first..).map(|(new, id)| insert::saved(new, id)).collect())
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        let update = item::Entity::update_many().col_expr(item::Column::Stock, Expr::value(stock));
        update.filter(item::Column::Id.eq(id)).exec(&self.0).await?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        insert::Entity::delete_by_id(id).exec(&self.0).await?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<item::Model>> {
        let transaction = self.0.begin().await?;
        let found = item::Entity::find_by_id(id).one(&transaction).await?;
        let update = item::Entity::update_many().col_expr(item::Column::Stock, Expr::value(stock));
        update.filter(item::Column::Id.eq(id)).exec(&transaction).await?;
        transaction.commit().await?;
        Ok(found.map(|item| item::Model { stock, ..item }))
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<item::Model>> {
        Ok(dearer(category, price).all(&self.0).await?)
    }
}

impl Eager for SeaOrm {
    type User = user::ModelEx;
    type Post = post::ModelEx;
    type Comment = comment::ModelEx;
    type Order = order::ModelEx;
    type Detail = detail::ModelEx;

    fn name(&self) -> &'static str {
        "sea-orm"
    }

    async fn nested(&mut self) -> Result<With<user::ModelEx, (post::ModelEx, Vec<comment::ModelEx>)>> {
        let users = user::Entity::load().with((post::Entity, comment::Entity)).all(&self.0).await?;
        let with_comments = |mut post: post::ModelEx| {
            let comments = take(&mut post.comments).into_iter().collect();
            (post, comments)
        };
        let with_posts = |mut user: user::ModelEx| {
            let posts = take(&mut user.posts).into_iter().map(with_comments).collect();
            (user, posts)
        };
        Ok(users.into_iter().map(with_posts).collect())
    }

    async fn many(&mut self) -> Result<With<order::ModelEx, detail::ModelEx>> {
        let orders = order::Entity::load().with(detail::Entity).all(&self.0).await?;
        let with_details = |mut order: order::ModelEx| {
            let details = take(&mut order.details).into_iter().collect();
            (order, details)
        };
        Ok(orders.into_iter().map(with_details).collect())
    }
}

impl Pooled for SeaOrm {
    type Item = item::Model;

    fn name(&self) -> &'static str {
        "sea-orm"
    }

    async fn find_by_key(&self, id: u64) -> Result<Option<item::Model>> {
        Ok(item::Entity::find_by_id(id).one(&self.0).await?)
    }
}
