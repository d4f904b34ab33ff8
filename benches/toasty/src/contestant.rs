//! `toasty`: a `Db` whose pool is told its size, and is left alone otherwise.

use anyhow::{Result, bail};
use benches::contestant::{Contestant, Pooled};
use benches::data::NewItem;
use benches::eager::{Eager, With};
use benches::workload::Workload;
use jiff::Timestamp;
use toasty::Db;

use crate::models::{Comment, Detail, Insert, Item, Order, Post, User, Wide};

#[derive(Clone)]
pub struct Toasty(Db);

impl Toasty {
    pub async fn connect(url: &str, connections: usize) -> Result<Self> {
        let mut builder = Db::builder();
        builder.models(toasty::models!(Item, Insert, Wide, User, Post, Comment, Order, Detail));
        builder.max_pool_size(connections);
        Ok(Self(builder.connect(&format!("{url}?ssl-mode=DISABLED")).await?))
    }
}

fn moment(new: &NewItem) -> Result<Timestamp> {
    Ok(Timestamp::from_microsecond(new.added.timestamp_micros())?)
}

impl Contestant for Toasty {
    type Item = Item;
    type Wide = Wide;
    type Saved = Insert;

    fn name(&self) -> &'static str {
        "toasty"
    }

    /// It inserts many rows, but on MySQL it refuses to where the database gives them their ids.
    fn offers(&self, workload: Workload) -> bool {
        !matches!(workload, Workload::InsertHundred | Workload::InsertMany)
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<Item>> {
        Ok(Item::filter_by_id(id).first().exec(&mut self.0).await?)
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<Item>> {
        Ok(Item::all().limit(usize::try_from(limit)?).exec(&mut self.0).await?)
    }

    async fn find_all(&mut self) -> Result<Vec<Item>> {
        Ok(Item::all().exec(&mut self.0).await?)
    }

    async fn find_wide(&mut self) -> Result<Vec<Wide>> {
        Ok(Wide::all().exec(&mut self.0).await?)
    }

    async fn insert(&mut self, new: NewItem) -> Result<Insert> {
        let added = moment(&new)?;
        let NewItem { name, category, price, stock, .. } = new;
        let create = toasty::create!(Insert { name, category, price, stock, added });
        Ok(create.exec(&mut self.0).await?)
    }

    async fn bulk_insert(&mut self, _items: Vec<NewItem>) -> Result<Vec<Insert>> {
        bail!("not offered")
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        Item::filter_by_id(id).update().stock(stock).exec(&mut self.0).await?;
        Ok(())
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        Insert::filter_by_id(id).delete().exec(&mut self.0).await?;
        Ok(())
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        let mut transaction = self.0.transaction().await?;
        let found = Item::filter_by_id(id).first().exec(&mut transaction).await?;
        Item::filter_by_id(id).update().stock(stock).exec(&mut transaction).await?;
        transaction.commit().await?;
        Ok(found.map(|item| Item { stock, ..item }))
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        let fields = Item::fields();
        let dearer = fields.category().eq(category).and(fields.price().gt(price));
        let page = Item::filter(dearer).order_by(fields.id().desc()).limit(10);
        Ok(page.exec(&mut self.0).await?)
    }
}

impl Eager for Toasty {
    type User = User;
    type Post = Post;
    type Comment = Comment;
    type Order = Order;
    type Detail = Detail;

    fn name(&self) -> &'static str {
        "toasty"
    }

    async fn nested(&mut self) -> Result<With<User, (Post, Vec<Comment>)>> {
        let users = User::all().include(User::fields().posts().comments()).exec(&mut self.0).await?;
        let with_comments = |mut post: Post| {
            let comments = std::mem::take(&mut post.comments).into_inner();
            (post, comments)
        };
        let with_posts = |mut user: User| {
            let posts = std::mem::take(&mut user.posts).into_inner();
            (user, posts.into_iter().map(with_comments).collect())
        };
        Ok(users.into_iter().map(with_posts).collect())
    }

    async fn many(&mut self) -> Result<With<Order, Detail>> {
        let orders = Order::all().include(Order::fields().details()).exec(&mut self.0).await?;
        let with_details = |mut order: Order| {
            let details = std::mem::take(&mut order.details).into_inner();
            (order, details)
        };
        Ok(orders.into_iter().map(with_details).collect())
    }
}

impl Pooled for Toasty {
    type Item = Item;

    fn name(&self) -> &'static str {
        "toasty"
    }

    async fn find_by_key(&self, id: u64) -> Result<Option<Item>> {
        Ok(Item::filter_by_id(id).first().exec(&mut self.0.clone()).await?)
    }
}
