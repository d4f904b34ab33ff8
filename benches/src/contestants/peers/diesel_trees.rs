//! The tables that includes read, in `diesel`'s words, and how it joins what it has loaded.

use chrono::NaiveDateTime;
use diesel::mysql::Mysql;
use diesel::prelude::*;

use crate::eager::With;

diesel::table! {
    users (id) {
        id -> Unsigned<BigInt>,
        name -> Varchar,
        email -> Varchar,
        joined -> Datetime,
    }
}

diesel::table! {
    posts (id) {
        id -> Unsigned<BigInt>,
        user_id -> Unsigned<BigInt>,
        title -> Varchar,
        body -> Text,
        published -> Datetime,
    }
}

diesel::table! {
    comments (id) {
        id -> Unsigned<BigInt>,
        post_id -> Unsigned<BigInt>,
        author -> Varchar,
        body -> Varchar,
    }
}

diesel::table! {
    orders (id) {
        id -> Unsigned<BigInt>,
        customer -> Varchar,
        placed -> Datetime,
        paid -> Bool,
    }
}

diesel::table! {
    details (id) {
        id -> Unsigned<BigInt>,
        order_id -> Unsigned<BigInt>,
        product -> Varchar,
        quantity -> Integer,
        price -> Double,
    }
}

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = users, check_for_backend(Mysql))]
pub struct User {
    id: u64,
    name: String,
    email: String,
    joined: NaiveDateTime,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = posts, belongs_to(User), check_for_backend(Mysql))]
pub struct Post {
    id: u64,
    user_id: u64,
    title: String,
    body: String,
    published: NaiveDateTime,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = comments, belongs_to(Post), check_for_backend(Mysql))]
pub struct Comment {
    id: u64,
    post_id: u64,
    author: String,
    body: String,
}

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = orders, check_for_backend(Mysql))]
pub struct Order {
    id: u64,
    customer: String,
    placed: NaiveDateTime,
    paid: bool,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = details, belongs_to(Order), check_for_backend(Mysql))]
pub struct Detail {
    id: u64,
    order_id: u64,
    product: String,
    quantity: i32,
    price: f64,
}

crate::tree_cells!(User, Post, Comment, Order, Detail);

/// Joins what was loaded a level at a time.
pub fn nested(
    users: Vec<User>,
    posts: Vec<Post>,
    comments: Vec<Comment>,
) -> With<User, (Post, Vec<Comment>)> {
    let comments = comments.grouped_by(&posts);
    let posts = posts.into_iter().zip(comments).grouped_by(&users);
    users.into_iter().zip(posts).collect()
}

/// Joins orders and their details.
pub fn many(orders: Vec<Order>, details: Vec<Detail>) -> With<Order, Detail> {
    let details = details.grouped_by(&orders);
    orders.into_iter().zip(details).collect()
}
