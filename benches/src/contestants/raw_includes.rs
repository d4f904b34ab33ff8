//! Hand-written `mysql_async` that loads as we do: the records, then one statement a level for 10,000 keys, and a map by key.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, NaiveDateTime, Utc};
use mysql_async::prelude::{FromRow, Queryable as _};
use mysql_async::{Conn, Params, Statement, Value};

use super::raw::options;
use crate::eager::{Eager, With};

const USERS: &str = "SELECT id, name, email, joined FROM users";
const POSTS: Below = Below { columns: "id, user_id, title, body, published", table: "posts", key: "user_id" };
const COMMENTS: Below = Below { columns: "id, post_id, author, body", table: "comments", key: "post_id" };
const ORDERS: &str = "SELECT id, customer, placed, paid FROM orders";
const DETAILS: Below =
    Below { columns: "id, order_id, product, quantity, price", table: "details", key: "order_id" };

/// Keys of one statement.
const BATCH: usize = 10_000;

pub struct User {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub joined: DateTime<Utc>,
}

pub struct Post {
    pub id: u64,
    pub user_id: u64,
    pub title: String,
    pub body: String,
    pub published: DateTime<Utc>,
}

pub struct Comment {
    pub id: u64,
    pub post_id: u64,
    pub author: String,
    pub body: String,
}

pub struct Order {
    pub id: u64,
    pub customer: String,
    pub placed: DateTime<Utc>,
    pub paid: bool,
}

pub struct Detail {
    pub id: u64,
    pub order_id: u64,
    pub product: String,
    pub quantity: i32,
    pub price: f64,
}

crate::tree_cells!(User, Post, Comment, Order, Detail);

type UserColumns = (u64, String, String, NaiveDateTime);
type PostColumns = (u64, u64, String, String, NaiveDateTime);
type CommentColumns = (u64, u64, String, String);
type OrderColumns = (u64, String, NaiveDateTime, bool);
type DetailColumns = (u64, u64, String, i32, f64);

fn user((id, name, email, joined): UserColumns) -> User {
    User { id, name, email, joined: joined.and_utc() }
}

fn post((id, user_id, title, body, published): PostColumns) -> Post {
    Post { id, user_id, title, body, published: published.and_utc() }
}

fn comment((id, post_id, author, body): CommentColumns) -> Comment {
    Comment { id, post_id, author, body }
}

fn order((id, customer, placed, paid): OrderColumns) -> Order {
    Order { id, customer, placed: placed.and_utc(), paid }
}

fn detail((id, order_id, product, quantity, price): DetailColumns) -> Detail {
    Detail { id, order_id, product, quantity, price }
}

/// The rows below those of some keys.
#[derive(Clone, Copy)]
struct Below {
    columns: &'static str,
    table: &'static str,
    key: &'static str,
}

pub struct RawIncludes {
    name: &'static str,
    conn: Conn,
    users: Statement,
    orders: Statement,
    /// By table and number of keys.
    below: HashMap<(&'static str, usize), Statement>,
}

impl RawIncludes {
    pub async fn connect(name: &'static str, url: &str) -> Result<Self> {
        let mut conn = Conn::new(options(url)?.stmt_cache_size(0)).await?;
        conn.query_drop("SET time_zone = '+00:00'").await?;
        let (users, orders) = (conn.prep(USERS).await?, conn.prep(ORDERS).await?);
        Ok(Self { name, conn, users, orders, below: HashMap::new() })
    }

    /// What belongs to these keys, by key.
    async fn load<R: FromRow + Send + 'static, T: Send>(
        &mut self,
        below: Below,
        keys: &[u64],
        make: fn(R) -> T,
        key: fn(&T) -> u64,
    ) -> Result<HashMap<u64, Vec<T>>> {
        let mut found: HashMap<u64, Vec<T>> = HashMap::with_capacity(keys.len());
        for keys in keys.chunks(BATCH) {
            let statement = self.statement(below, keys.len()).await?;
            let params = Params::Positional(keys.iter().map(|&key| Value::UInt(key)).collect());
            let add = |(), row: R| {
                let record = make(row);
                found.entry(key(&record)).or_default().push(record);
            };
            self.conn.exec_fold(statement, params, (), add).await?;
        }
        Ok(found)
    }

    async fn statement(&mut self, below: Below, keys: usize) -> Result<Statement> {
        let Below { columns, table, key } = below;
        if let Some(prepared) = self.below.get(&(table, keys)) {
            return Ok(prepared.clone());
        }
        let places = vec!["?"; keys].join(", ");
        let sql = format!("SELECT {columns} FROM {table} WHERE {key} IN ({places})");
        let prepared = self.conn.prep(sql).await?;
        self.below.insert((table, keys), prepared.clone());
        Ok(prepared)
    }
}

/// Each with what belongs to it.
fn join<A, B>(records: Vec<A>, key: fn(&A) -> u64, below: &mut HashMap<u64, Vec<B>>) -> With<A, B> {
    let with = |record| {
        let below = below.remove(&key(&record)).unwrap_or_default();
        (record, below)
    };
    records.into_iter().map(with).collect()
}

impl Eager for RawIncludes {
    type User = User;
    type Post = Post;
    type Comment = Comment;
    type Order = Order;
    type Detail = Detail;

    fn name(&self) -> &'static str {
        self.name
    }

    async fn nested(&mut self) -> Result<With<User, (Post, Vec<Comment>)>> {
        let users: Vec<User> = self.conn.exec_map(&self.users, (), user).await?;
        let keys: Vec<u64> = users.iter().map(|user| user.id).collect();
        let mut posts = self.load(POSTS, &keys, post, |post| post.user_id).await?;
        let keys: Vec<u64> = posts.values().flatten().map(|post| post.id).collect();
        let mut comments = self.load(COMMENTS, &keys, comment, |comment| comment.post_id).await?;
        let with = |user: User| {
            let posts = posts.remove(&user.id).unwrap_or_default();
            (user, join(posts, |post| post.id, &mut comments))
        };
        Ok(users.into_iter().map(with).collect())
    }

    async fn many(&mut self) -> Result<With<Order, Detail>> {
        let orders: Vec<Order> = self.conn.exec_map(&self.orders, (), order).await?;
        let keys: Vec<u64> = orders.iter().map(|order| order.id).collect();
        let mut details = self.load(DETAILS, &keys, detail, |detail| detail.order_id).await?;
        Ok(join(orders, |order| order.id, &mut details))
    }
}
