//! The whole circle: define, create, find, count, order, page, update, destroy.
//! `cargo run --example quickstart`, or with `DATABASE_URL=mysql://user12:12user@localhost:3306/testdb` before it.
//! The README shows this program.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
struct Book {
    id: u64,
    title: String,
    author: Option<String>,
    #[model(default = 0)]
    loans: u32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite::memory:".to_owned());
    let db = DbOptions::new(url).log_to_stdout(true).connect().await?;
    Book::sync_force(&db).await?;

    let mut emma = Book::build().title("Emma").author("Jane Austen").save(&db).await?;
    let more = ["Walden", "Ulysses", "Utopia"].map(|title| Book::build().title(title));
    let more = Book::bulk_create(&db, more).await?;
    println!("saved {} as {}, and {} more", emma.title, emma.id, more.len());

    emma.update(&db, Book::LOANS.increment(1)).await?;
    println!("{} was lent {} time(s)", emma.title, emma.loans);

    let page = Book::find().filter(Book::TITLE.starts_with("U")).order_by(Book::TITLE.desc()).limit(10);
    for book in page.all(&db).await? {
        println!("{}: {}", book.id, book.title);
    }
    let changed =
        Book::find().filter(Book::AUTHOR.is_null()).update(&db, Book::AUTHOR.set("unknown")).await?;
    let gone = Book::find().filter(Book::TITLE.eq("Walden")).destroy(&db).await?;
    println!("{changed} changed, {gone} gone, {} left", Book::find().count(&db).await?);
    db.close().await
}
