//! Records with what belongs to them.

use chrono::{DateTime, Utc};

use super::{moment, scattered};
use crate::cells::{Cell as _, Row};

pub const USERS: u64 = 100;
pub const POSTS: u64 = USERS * 10;
pub const COMMENTS: u64 = POSTS * 5;
pub const ORDERS: u64 = 10_000;
/// Of each order.
pub const DETAILS_EACH: u64 = 3;

/// What is known of a user before the database gives it an id. It is the same with the others.
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub joined: DateTime<Utc>,
}

pub struct NewPost {
    pub user_id: u64,
    pub title: String,
    pub body: String,
    pub published: DateTime<Utc>,
}

pub struct NewComment {
    pub post_id: u64,
    pub author: String,
    pub body: String,
}

pub struct NewOrder {
    pub customer: String,
    pub placed: DateTime<Utc>,
    pub paid: bool,
}

pub struct NewDetail {
    pub order_id: u64,
    pub product: String,
    pub quantity: i32,
    pub price: f64,
}

/// The columns that the fields have, id and all.
#[macro_export]
macro_rules! tree_cells {
    ($user:ty, $post:ty, $comment:ty, $order:ty, $detail:ty) => {
        $crate::cells!($user: id name email joined);
        $crate::cells!($post: id user_id title body published);
        $crate::cells!($comment: id post_id author body);
        $crate::cells!($order: id customer placed paid);
        $crate::cells!($detail: id order_id product quantity price);
    };
}

pub fn user(n: u64) -> NewUser {
    NewUser { name: format!("User Number {n}"), email: format!("user{n}@example.org"), joined: moment(n) }
}

/// The users take turns, so that one user's posts do not lie side by side.
pub fn post(n: u64) -> NewPost {
    NewPost {
        user_id: n % USERS + 1,
        title: format!("What post {n} is about"),
        body: format!("Post {n} says this and that, and grüßt. ").repeat(5),
        published: moment(n),
    }
}

/// The posts take turns too.
pub fn comment(n: u64) -> NewComment {
    NewComment {
        post_id: n % POSTS + 1,
        author: format!("reader {}", scattered(n) % 1_000),
        body: format!("I would say {n} things about that."),
    }
}

pub fn order(n: u64) -> NewOrder {
    NewOrder {
        customer: format!("customer number {}", scattered(n) % 3_000),
        placed: moment(n),
        paid: n.is_multiple_of(3),
    }
}

/// An order's details are written together with it.
pub fn detail(n: u64) -> NewDetail {
    NewDetail {
        order_id: n / DETAILS_EACH + 1,
        product: format!("product number {}", scattered(n) % 5_000),
        quantity: i32::try_from(n % 20).unwrap_or(0) + 1,
        price: (scattered(n) % 10_000) as f64 / 8.0,
    }
}

/// All users with their posts and those with their comments, as [`Tree`](crate::eager::Tree) writes them.
pub fn nested() -> Vec<Row> {
    let mut rows = Vec::new();
    for user_at in 0..USERS {
        let NewUser { name, email, joined } = user(user_at);
        rows.push(vec!["0".to_owned(), (user_at + 1).to_string(), name, email, joined.cell()]);
        for post_at in (user_at..POSTS).step_by(USERS as usize) {
            let NewPost { user_id, title, body, published } = post(post_at);
            let id = (post_at + 1).to_string();
            rows.push(vec!["1".to_owned(), id, user_id.to_string(), title, body, published.cell()]);
            for comment_at in (post_at..COMMENTS).step_by(POSTS as usize) {
                let NewComment { post_id, author, body } = comment(comment_at);
                let id = (comment_at + 1).to_string();
                rows.push(vec!["2".to_owned(), id, post_id.to_string(), author, body]);
            }
        }
    }
    rows
}

/// All orders with their details.
pub fn many() -> Vec<Row> {
    let mut rows = Vec::new();
    for order_at in 0..ORDERS {
        let NewOrder { customer, placed, paid } = order(order_at);
        rows.push(vec!["0".to_owned(), (order_at + 1).to_string(), customer, placed.cell(), paid.cell()]);
        for at in order_at * DETAILS_EACH..(order_at + 1) * DETAILS_EACH {
            let NewDetail { order_id, product, quantity, price } = detail(at);
            let id = (at + 1).to_string();
            rows.push(vec!["1".to_owned(), id, order_id.cell(), product, quantity.cell(), price.cell()]);
        }
    }
    rows
}
