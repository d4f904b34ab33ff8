//! `diesel` with `diesel-async`: its queries on a connection of `mysql_async`.

use anyhow::Result;
use diesel::prelude::*;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::{AsyncConnection as _, AsyncMysqlConnection, RunQueryDsl};

use super::diesel_schema::{Insert, Item, Wide, inserts, items, last_insert_id, saved, wides};
use super::diesel_trees::{self, Comment, Detail, Order, Post, User, orders, users};
use crate::contestant::{Contestant, Pooled};
use crate::data::NewItem;
use crate::eager::{Eager, With};

/// One connection.
pub struct DieselAsync(AsyncMysqlConnection);

impl DieselAsync {
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(AsyncMysqlConnection::establish(url).await?))
    }

    /// The id of the first row that was inserted last.
    async fn first_id(&mut self) -> Result<u64> {
        Ok(diesel::select(last_insert_id()).get_result(&mut self.0).await?)
    }
}

impl Contestant for DieselAsync {
    type Item = Item;
    type Wide = Wide;
    type Saved = Item;

    fn name(&self) -> &'static str {
        "diesel-async"
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<Item>> {
        Ok(items::table.find(id).select(Item::as_select()).first(&mut self.0).await.optional()?)
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<Item>> {
        let limit = i64::try_from(limit)?;
        Ok(items::table.limit(limit).select(Item::as_select()).load(&mut self.0).await?)
    }

    async fn find_all(&mut self) -> Result<Vec<Item>> {
        Ok(items::table.select(Item::as_select()).load(&mut self.0).await?)
    }

    async fn find_wide(&mut self) -> Result<Vec<Wide>> {
        Ok(wides::table.select(Wide::as_select()).load(&mut self.0).await?)
    }

    async fn insert(&mut self, new: NewItem) -> Result<Item> {
        diesel::insert_into(inserts::table).values(Insert::from(&new)).execute(&mut self.0).await?;
        let id = self.first_id().await?;
        Ok(saved(new, id))
    }

    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Item>> {
        let rows: Vec<Insert<'_>> = items.iter().map(Insert::from).collect();
        diesel::insert_into(inserts::table).values(rows).execute(&mut self.0).await?;
        let first = self.first_id().await?;
        Ok(items.into_iter().zip(first..).map(|(new, id)| saved(new, id)).collect())
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        diesel::update(items::table.find(id)).set(items::stock.eq(stock)).execute(&mut self.0).await?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        diesel::delete(inserts::table.find(id)).execute(&mut self.0).await?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        self.0
            .transaction(async |connection| {
                let found: Option<Item> =
                    items::table.find(id).select(Item::as_select()).first(connection).await.optional()?;
                diesel::update(items::table.find(id)).set(items::stock.eq(stock)).execute(connection).await?;
                Ok(found.map(|item| Item { stock, ..item }))
            })
            .await
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        let dearer = items::category.eq(category).and(items::price.gt(price));
        let page = items::table.filter(dearer).order(items::id.desc()).limit(10);
        Ok(page.select(Item::as_select()).load(&mut self.0).await?)
    }
}

impl Eager for DieselAsync {
    type User = User;
    type Post = Post;
    type Comment = Comment;
    type Order = Order;
    type Detail = Detail;

    fn name(&self) -> &'static str {
        "diesel-async"
    }

    async fn nested(&mut self) -> Result<With<User, (Post, Vec<Comment>)>> {
        let users = users::table.select(User::as_select()).load(&mut self.0).await?;
        let posts = Post::belonging_to(&users).select(Post::as_select()).load(&mut self.0).await?;
        let comments = Comment::belonging_to(&posts).select(Comment::as_select()).load(&mut self.0).await?;
        Ok(diesel_trees::nested(users, posts, comments))
    }

    async fn many(&mut self) -> Result<With<Order, Detail>> {
        let orders = orders::table.select(Order::as_select()).load(&mut self.0).await?;
        let details = Detail::belonging_to(&orders).select(Detail::as_select()).load(&mut self.0).await?;
        Ok(diesel_trees::many(orders, details))
    }
}

/// A pool of ten.
#[derive(Clone)]
pub struct DieselAsyncPool(Pool<AsyncMysqlConnection>);

impl DieselAsyncPool {
    pub fn new(url: &str) -> Result<Self> {
        let manager = AsyncDieselConnectionManager::<AsyncMysqlConnection>::new(url);
        Ok(Self(Pool::builder(manager).max_size(10).build()?))
    }
}

impl Pooled for DieselAsyncPool {
    type Item = Item;

    fn name(&self) -> &'static str {
        "diesel-async"
    }

    async fn find_by_key(&self, id: u64) -> Result<Option<Item>> {
        let mut connection = self.0.get().await?;
        Ok(items::table.find(id).select(Item::as_select()).first(&mut connection).await.optional()?)
    }
}
