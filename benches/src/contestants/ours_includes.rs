//! This project's own includes, as an application writes them.

use anyhow::Result;
use orm_core::prelude::*;

use super::ours::Ours;
use crate::data::trees::{self, NewComment, NewDetail, NewOrder, NewPost, NewUser};
use crate::eager::{Eager, With};

#[derive(Model, Debug, Clone)]
#[model(has_many(posts: Post))]
pub struct User {
    id: u64,
    name: String,
    email: String,
    joined: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(comments: Comment))]
pub struct Post {
    id: u64,
    #[model(belongs_to = User)]
    user_id: u64,
    title: String,
    #[model(text)]
    body: String,
    published: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
pub struct Comment {
    id: u64,
    #[model(belongs_to = Post)]
    post_id: u64,
    author: String,
    body: String,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(details: Detail))]
pub struct Order {
    id: u64,
    customer: String,
    placed: DateTime<Utc>,
    paid: bool,
}

#[derive(Model, Debug, Clone)]
pub struct Detail {
    id: u64,
    #[model(belongs_to = Order)]
    order_id: u64,
    product: String,
    quantity: i32,
    price: f64,
}

crate::tree_cells!(User, Post, Comment, Order, Detail);

impl Ours {
    /// Fills the tables that includes read.
    pub async fn fill_trees(&self) -> Result<()> {
        let users = (0..trees::USERS)
            .map(trees::user)
            .map(|NewUser { name, email, joined }| User::build().name(name).email(email).joined(joined));
        User::bulk_create(&self.0, users).await?;
        let posts = (0..trees::POSTS).map(trees::post).map(|NewPost { user_id, title, body, published }| {
            Post::build().user_id(user_id).title(title).body(body).published(published)
        });
        Post::bulk_create(&self.0, posts).await?;
        let comments =
            (0..trees::COMMENTS).map(trees::comment).map(|NewComment { post_id, author, body }| {
                Comment::build().post_id(post_id).author(author).body(body)
            });
        Comment::bulk_create(&self.0, comments).await?;
        let orders = (0..trees::ORDERS).map(trees::order).map(|NewOrder { customer, placed, paid }| {
            Order::build().customer(customer).placed(placed).paid(paid)
        });
        Order::bulk_create(&self.0, orders).await?;
        let details = (0..trees::ORDERS * trees::DETAILS_EACH).map(trees::detail).map(|new| {
            let NewDetail { order_id, product, quantity, price } = new;
            Detail::build().order_id(order_id).product(product).quantity(quantity).price(price)
        });
        Detail::bulk_create(&self.0, details).await?;
        Ok(())
    }
}

impl Eager for Ours {
    type User = User;
    type Post = Post;
    type Comment = Comment;
    type Order = Order;
    type Detail = Detail;

    fn name(&self) -> &'static str {
        "orm-core"
    }

    async fn nested(&mut self) -> Result<With<User, (Post, Vec<Comment>)>> {
        Ok(User::find().include(User::POSTS.include(Post::COMMENTS)).all(&self.0).await?)
    }

    async fn many(&mut self) -> Result<With<Order, Detail>> {
        Ok(Order::find().include(Order::DETAILS).all(&self.0).await?)
    }
}
