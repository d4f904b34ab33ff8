//! The tables as `toasty`'s models, and their cells: it has times and dates from `jiff`.

use benches::cells::{Cell as _, Cells, Row};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use toasty::{Deferred, Model};

#[derive(Debug, Model)]
#[table = "items"]
pub struct Item {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
    #[index]
    pub category: String,
    pub price: f64,
    pub stock: i64,
    pub added: Timestamp,
}

/// A row of the table that is written to.
#[derive(Debug, Model)]
#[table = "inserts"]
pub struct Insert {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
    pub category: String,
    pub price: f64,
    pub stock: i64,
    pub added: Timestamp,
}

#[derive(Debug, Model)]
#[table = "wides"]
pub struct Wide {
    #[key]
    #[auto]
    pub id: u64,
    pub small: i16,
    pub medium: i32,
    pub big: i64,
    pub flag: bool,
    pub ratio: f64,
    pub title: String,
    pub code: String,
    pub body: String,
    pub note: Option<String>,
    pub parent: Option<u64>,
    pub made: Timestamp,
    pub day: Date,
    #[column(type = numeric(12, 2))]
    pub amount: Decimal,
    #[column(type = json)]
    pub document: serde_json::Value,
    pub payload: Vec<u8>,
}

#[derive(Debug, Model)]
#[table = "users"]
pub struct User {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
    pub email: String,
    pub joined: Timestamp,
    #[has_many]
    pub posts: Deferred<Vec<Post>>,
}

#[derive(Debug, Model)]
#[table = "posts"]
pub struct Post {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub user_id: u64,
    #[belongs_to]
    pub user: Deferred<User>,
    pub title: String,
    pub body: String,
    pub published: Timestamp,
    #[has_many]
    pub comments: Deferred<Vec<Comment>>,
}

#[derive(Debug, Model)]
#[table = "comments"]
pub struct Comment {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub post_id: u64,
    #[belongs_to]
    pub post: Deferred<Post>,
    pub author: String,
    pub body: String,
}

#[derive(Debug, Model)]
#[table = "orders"]
pub struct Order {
    #[key]
    #[auto]
    pub id: u64,
    pub customer: String,
    pub placed: Timestamp,
    pub paid: bool,
    #[has_many]
    pub details: Deferred<Vec<Detail>>,
}

#[derive(Debug, Model)]
#[table = "details"]
pub struct Detail {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub order_id: u64,
    #[belongs_to]
    pub order: Deferred<Order>,
    pub product: String,
    pub quantity: i32,
    pub price: f64,
}

benches::cells!(Comment: id post_id author body);
benches::cells!(Detail: id order_id product quantity price);

fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string()
}

impl Cells for Item {
    fn cells(&self) -> Row {
        let Self { id, name, category, price, stock, added } = self;
        vec![id.cell(), name.cell(), category.cell(), price.cell(), stock.cell(), moment(*added)]
    }
}

impl Cells for Insert {
    fn cells(&self) -> Row {
        let Self { id, name, category, price, stock, added } = self;
        vec![id.cell(), name.cell(), category.cell(), price.cell(), stock.cell(), moment(*added)]
    }
}

impl Cells for Wide {
    fn cells(&self) -> Row {
        vec![
            self.id.cell(),
            self.small.cell(),
            self.medium.cell(),
            self.big.cell(),
            self.flag.cell(),
            self.ratio.cell(),
            self.title.cell(),
            self.code.cell(),
            self.body.cell(),
            self.note.cell(),
            self.parent.cell(),
            moment(self.made),
            self.day.to_string(),
            self.amount.cell(),
            self.document.cell(),
            self.payload.cell(),
        ]
    }
}

impl Cells for User {
    fn cells(&self) -> Row {
        vec![self.id.cell(), self.name.cell(), self.email.cell(), moment(self.joined)]
    }
}

impl Cells for Post {
    fn cells(&self) -> Row {
        let Self { id, user_id, title, body, published, .. } = self;
        vec![id.cell(), user_id.cell(), title.cell(), body.cell(), moment(*published)]
    }
}

impl Cells for Order {
    fn cells(&self) -> Row {
        vec![self.id.cell(), self.customer.cell(), moment(self.placed), self.paid.cell()]
    }
}
