//! `diesel` on the MySQL client library of C, without async: called on the benchmark's own thread.
//!
//! What that library allocates is not counted.

use anyhow::Result;
use diesel::mysql::Mysql;
use diesel::prelude::*;

use super::diesel_schema::{Insert, Item, Wide, inserts, items, last_insert_id, saved, wides};
use super::diesel_trees::{self, Comment, Detail, Order, Post, User, orders, users};
use crate::contestant::Contestant;
use crate::data::NewItem;
use crate::eager::{Eager, With};

/// One connection.
pub struct Diesel(MysqlConnection);

impl Diesel {
    pub fn connect(url: &str) -> Result<Self> {
        Ok(Self(MysqlConnection::establish(url)?))
    }

    /// The id of the first row that was inserted last.
    fn first_id(&mut self) -> Result<u64> {
        Ok(diesel::select(last_insert_id()).get_result(&mut self.0)?)
    }
}

/// The ten newest items of a category that cost more.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn dearer<'a>(category: &'a str, price: f64) -> _ {
    let as_item: diesel::helper_types::AsSelect<Item, Mysql> = Item::as_select();
    items::table
        .filter(items::category.eq(category).and(items::price.gt(price)))
        .order(items::id.desc())
        .limit(10_i64)
        .select(as_item)
}

impl Contestant for Diesel {
    type Item = Item;
    type Wide = Wide;
    type Saved = Item;

    fn name(&self) -> &'static str {
        "diesel"
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<Item>> {
        Ok(items::table.find(id).select(Item::as_select()).first(&mut self.0).optional()?)
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
        let id = self.first_id()?;
        Ok(saved(new, id))
    }

    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Item>> {
        let rows: Vec<Insert<'_>> = items.iter().map(Insert::from).collect();
        diesel::insert_into(inserts::table).values(rows).execute(&mut self.0)?;
        let first = self.first_id()?;
        Ok(items.into_iter().zip(first..).map(|(new, id)| saved(new, id)).collect())
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        diesel::update(items::table.find(id)).set(items::stock.eq(stock)).execute(&mut self.0)?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        diesel::delete(inserts::table.find(id)).execute(&mut self.0)?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        self.0.transaction(|connection| {
            let found: Option<Item> =
                items::table.find(id).select(Item::as_select()).first(connection).optional()?;
            diesel::update(items::table.find(id)).set(items::stock.eq(stock)).execute(connection)?;
            Ok(found.map(|item| Item { stock, ..item }))
        })
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        Ok(dearer(category, price).load(&mut self.0)?)
    }
}

impl Eager for Diesel {
    type User = User;
    type Post = Post;
    type Comment = Comment;
    type Order = Order;
    type Detail = Detail;

    fn name(&self) -> &'static str {
        "diesel"
    }

    async fn nested(&mut self) -> Result<With<User, (Post, Vec<Comment>)>> {
        let users = users::table.select(User::as_select()).load(&mut self.0)?;
        let posts = Post::belonging_to(&users).select(Post::as_select()).load(&mut self.0)?;
        let comments = Comment::belonging_to(&posts).select(Comment::as_select()).load(&mut self.0)?;
        Ok(diesel_trees::nested(users, posts, comments))
    }

    async fn many(&mut self) -> Result<With<Order, Detail>> {
        let orders = orders::table.select(Order::as_select()).load(&mut self.0)?;
        let details = Detail::belonging_to(&orders).select(Detail::as_select()).load(&mut self.0)?;
        Ok(diesel_trees::many(orders, details))
    }
}
