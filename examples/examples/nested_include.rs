//! Loads associations of associations, to any depth. What was loaded is in the type.
//! `cargo run --example nested_include`; the statements are printed.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "nested_authors", has_many(books: Book), has_one(profile: Profile))]
struct Author {
    id: u64,
    name: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "nested_profiles")]
struct Profile {
    id: u64,
    town: String,
    #[model(belongs_to = Author, unique)]
    author_id: u64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "nested_books", has_many(reviews: Review))]
struct Book {
    id: u64,
    title: String,
    #[model(belongs_to = Author)]
    author_id: u64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "nested_reviews")]
struct Review {
    id: u64,
    stars: u8,
    #[model(belongs_to = Book)]
    book_id: u64,
}

/// What the loops below need, with names instead of positions.
#[derive(View)]
struct Shelf {
    author: Author,
    profile: Option<Profile>,
    books: Vec<(Book, Vec<Review>)>,
    number: u64,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect_logged().await?;
    db.sync_force(&[Author::TABLE, Profile::TABLE, Book::TABLE, Review::TABLE]).await?;
    Author::bulk_create(&db, ["Austen", "Joyce"].map(|name| Author::build().name(name))).await?;
    Profile::build().town("Steventon").author_id(1_u64).save(&db).await?;
    let books = [("Emma", 1_u64), ("Persuasion", 1), ("Sanditon", 1), ("Ulysses", 2)];
    Book::bulk_create(&db, books.map(|(title, author)| Book::build().title(title).author_id(author))).await?;
    let reviews = [(5, 1_u64), (3, 1), (4, 2), (2, 4)];
    Review::bulk_create(&db, reviews.map(|(stars, book)| Review::build().stars(stars).book_id(book))).await?;

    println!("-- two newest books of each author, with their reviews");
    let newest = Author::BOOKS.order_by(Book::ID.desc()).limit(2).include(Book::REVIEWS);
    let authors = Author::find()
        .include(Author::PROFILE)
        .include(newest)
        .include(Author::BOOKS.count())
        .order_by(Author::ID);
    for Shelf { author, profile, books, number } in authors.all_as(&db).await? {
        let town = profile.map_or_else(|| "nowhere".to_owned(), |profile| profile.town);
        println!("{} from {town}: {} of {number} books", author.name, books.len());
        for (book, reviews) in books {
            println!("  {}: {:?}", book.title, reviews.iter().map(|review| review.stars).collect::<Vec<_>>());
        }
    }

    println!("-- good reviews, with the book and its author, in one statement");
    let good = Review::find().filter(Review::STARS.ge(4_u8)).order_by(Review::BOOK.by(Book::TITLE.desc()));
    for (review, (book, author)) in good.include(Review::BOOK.include(Book::AUTHOR)).all(&db).await? {
        println!("{} stars for {} by {}", review.stars, book.title, author.name);
    }
    db.close().await
}
