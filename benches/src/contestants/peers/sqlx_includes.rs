//! `sqlx` has no associations: one statement a level with all keys, and a map by key, as its users write it.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use sqlx::mysql::MySqlRow;
use sqlx::{Connection as _, FromRow, MySql, MySqlConnection, QueryBuilder};

use super::sqlx::options;
use crate::eager::{Eager, With};

const USERS: &str = "SELECT id, name, email, joined FROM users";
const POSTS: &str = "SELECT id, user_id, title, body, published FROM posts WHERE user_id IN (";
const COMMENTS: &str = "SELECT id, post_id, author, body FROM comments WHERE post_id IN (";
const ORDERS: &str = "SELECT id, customer, placed, paid FROM orders";
const DETAILS: &str = "SELECT id, order_id, product, quantity, price FROM details WHERE order_id IN (";

#[derive(FromRow)]
pub struct User {
    id: u64,
    name: String,
    email: String,
    joined: DateTime<Utc>,
}

#[derive(FromRow)]
pub struct Post {
    id: u64,
    user_id: u64,
    title: String,
    body: String,
    published: DateTime<Utc>,
}

#[derive(FromRow)]
pub struct Comment {
    id: u64,
    post_id: u64,
    author: String,
    body: String,
}

#[derive(FromRow)]
pub struct Order {
    id: u64,
    customer: String,
    placed: DateTime<Utc>,
    paid: bool,
}

#[derive(FromRow)]
pub struct Detail {
    id: u64,
    order_id: u64,
    product: String,
    quantity: i32,
    price: f64,
}

crate::tree_cells!(User, Post, Comment, Order, Detail);

pub struct SqlxIncludes(MySqlConnection);

impl SqlxIncludes {
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(MySqlConnection::connect_with(&options(url)?).await?))
    }

    /// What belongs to these keys, by key.
    async fn load<T>(
        &mut self,
        select: &str,
        keys: impl Iterator<Item = u64>,
        key: fn(&T) -> u64,
    ) -> Result<HashMap<u64, Vec<T>>>
    where
        T: for<'r> FromRow<'r, MySqlRow> + Send + Unpin,
    {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new(select);
        let mut places = query.separated(", ");
        for key in keys {
            places.push_bind(key);
        }
        query.push(")");
        let mut found: HashMap<u64, Vec<T>> = HashMap::new();
        for record in query.build_query_as::<T>().fetch_all(&mut self.0).await? {
            found.entry(key(&record)).or_default().push(record);
        }
        Ok(found)
    }
}

impl Eager for SqlxIncludes {
    type User = User;
    type Post = Post;
    type Comment = Comment;
    type Order = Order;
    type Detail = Detail;

    fn name(&self) -> &'static str {
        "sqlx"
    }

    async fn nested(&mut self) -> Result<With<User, (Post, Vec<Comment>)>> {
        let users: Vec<User> = sqlx::query_as(USERS).fetch_all(&mut self.0).await?;
        let mut posts =
            self.load(POSTS, users.iter().map(|user| user.id), |post: &Post| post.user_id).await?;
        let keys = posts.values().flatten().map(|post| post.id);
        let mut comments = self.load(COMMENTS, keys, |comment: &Comment| comment.post_id).await?;
        let mut with_comments = |post: Post| {
            let comments = comments.remove(&post.id).unwrap_or_default();
            (post, comments)
        };
        let with_posts = |user: User| {
            let posts = posts.remove(&user.id).unwrap_or_default();
            (user, posts.into_iter().map(&mut with_comments).collect())
        };
        Ok(users.into_iter().map(with_posts).collect())
    }

    async fn many(&mut self) -> Result<With<Order, Detail>> {
        let orders: Vec<Order> = sqlx::query_as(ORDERS).fetch_all(&mut self.0).await?;
        let keys = orders.iter().map(|order| order.id);
        let mut details = self.load(DETAILS, keys, |detail: &Detail| detail.order_id).await?;
        let with = |order: Order| {
            let details = details.remove(&order.id).unwrap_or_default();
            (order, details)
        };
        Ok(orders.into_iter().map(with).collect())
    }
}
