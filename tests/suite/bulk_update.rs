//! Many records with values of their own: statements, what is refused, keys of every type.

use std::time::Duration;

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    nothing_to_write,
    many_records,
    only_the_columns_named,
    a_record_whose_row_is_gone,
    the_same_key_twice,
    columns_that_cannot_be_written,
    within_a_transaction,
    values_that_the_database_refuses,
    keys_of_two_columns,
    keys_of_many_types,
    keys_compare_bytes,
    texts_that_grow,
    larger_than_the_packet_limit,
    a_table_called_as_the_given_rows,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Item {
    id: u64,
    title: String,
    stock: i32,
    #[model(unique)]
    code: Option<String>,
    #[model(precision = 3)]
    seen_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

async fn items(db: &Db, count: i32) -> Result<Vec<Item>, Error> {
    Item::sync(db).await?;
    let drafts = (0..count).map(|n| Item::build().title(format!("item {n}")).stock(n));
    Item::bulk_insert(drafts).exec(db).await?;
    Item::find().order_by(Item::ID).all(db).await
}

async fn nothing_to_write(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut items = items(db, 2).await?;
    let listener = Listener::start();
    check_eq!(Item::bulk_update(db, &mut [], Item::STOCK).await?, 0);
    check_eq!(Item::bulk_update(db, &mut items, Vec::<Column<Item, i32>>::new()).await?, 0);
    check_eq!(listener.sql(), Vec::<String>::new());
    Ok(())
}

async fn many_records(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut items = items(db, 2_500).await?;
    let before = items[0].updated_at;
    tokio::time::sleep(Duration::from_millis(2)).await;
    for (n, item) in (0..).zip(&mut items) {
        item.title = format!("{} of stock {}", item.title, "x".repeat(n % 200));
        item.stock = -item.stock;
        item.code = (n % 3 == 1).then(|| format!("code {n}"));
    }
    let listener = Listener::start();
    // In another order than the table's.
    items.reverse();
    check_eq!(Item::bulk_update(db, &mut items, (Item::STOCK, Item::TITLE, Item::CODE)).await?, 2_500);
    let heard = listener.sql();
    check_eq!(heard.iter().filter(|sql| sql.contains("UPDATE")).count(), 10);
    check_eq!(heard.len(), 12);
    check_eq!(heard.last().map(String::as_str), Some("COMMIT"));
    items.reverse();
    check_eq!(Item::find().order_by(Item::ID).all(db).await?, items);
    check!(items.iter().all(|item| item.updated_at > before && item.updated_at == items[0].updated_at));
    // Values that are there already count as well.
    check_eq!(Item::bulk_update(db, &mut items[..3], Item::STOCK).await?, 3);
    check_eq!(
        Item::bulk_update(db, items.iter_mut().filter(|item| item.id % 2 == 0), Item::STOCK).await?,
        1_250
    );
    Ok(())
}

async fn only_the_columns_named(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut items = items(db, 3).await?;
    let stored = items.clone();
    let moment = DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap_or_default();
    for item in &mut items {
        item.title = "not sent".into();
        item.seen_at = Some(moment);
    }
    check_eq!(Item::bulk_update(db, &mut items, vec![Item::SEEN_AT]).await?, 3);
    let cut = DateTime::from_timestamp(1_700_000_000, 123_000_000);
    for (n, row) in Item::find().order_by(Item::ID).all(db).await?.iter().enumerate() {
        check_eq!((&row.title, row.stock, row.seen_at), (&stored[n].title, stored[n].stock, cut));
        // What is in memory is cut as what is in the row, and keeps what was not sent.
        check_eq!((&*items[n].title, items[n].seen_at), ("not sent", cut));
        check_eq!(items[n].updated_at, row.updated_at);
    }
    Ok(())
}

async fn a_record_whose_row_is_gone(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut items = items(db, 600).await?;
    items[500].destroy(db).await?;
    let stored = Item::find().order_by(Item::ID).all(db).await?;
    for item in &mut items {
        item.stock = 7;
    }
    let before = items.clone();
    let refused = Item::bulk_update(db, &mut items, Item::STOCK).await;
    check_matches!(refused, Err(Error::RecordNotFound { table: "items" }));
    check_eq!(Item::find().order_by(Item::ID).all(db).await?, stored);
    check_eq!(items, before);
    items.remove(500);
    check_eq!(Item::bulk_update(db, &mut items, Item::STOCK).await?, 599);
    check_eq!(Item::find().filter(Item::STOCK.eq(7)).count(db).await?, 599);
    Ok(())
}

async fn the_same_key_twice(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut items = items(db, 3).await?;
    items.push(items[1].clone());
    let listener = Listener::start();
    match Item::bulk_update(db, &mut items, Item::STOCK).await {
        Err(Error::RepeatedKey { table: "items", key }) => check_eq!(*key, "2"),
        other => return Err(format!("not refused: {other:?}").into()),
    }
    check_eq!(listener.sql(), Vec::<String>::new());
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Counted {
    #[model(primary_key)]
    name: String,
    note: String,
}

async fn columns_that_cannot_be_written(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut items = items(db, 2).await?;
    let listener = Listener::start();
    let message = |refused: Result<u64, Error>| match refused {
        Err(Error::Unsupported(text)) => text.to_string(),
        other => format!("{other:?}"),
    };
    let refused = message(Item::bulk_update(db, &mut items, (Item::STOCK, Item::ID)).await);
    check_eq!(refused, "column id of table items is of the key, by which the rows are found: leave it out");
    // Also where there is nothing to write.
    let refused = message(Item::bulk_update(db, [], Item::UPDATED_AT).await);
    check_eq!(refused, "column updated_at of table items is kept by itself: leave it out");
    let refused = message(Item::bulk_update(db, &mut items, (Item::CREATED_AT, Item::STOCK)).await);
    check!(refused.contains("created_at"));
    let refused = message(Item::bulk_update(db, &mut items, (Item::STOCK, (Item::TITLE, Item::STOCK))).await);
    check_eq!(refused, "column stock of table items is given twice: leave it out");
    let refused = message(Counted::bulk_update(db, [], Counted::NAME).await);
    check!(refused.contains("of the key"));
    check_eq!(listener.sql(), Vec::<String>::new());
    Ok(())
}

async fn within_a_transaction(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut items = items(db, 300).await?;
    for item in &mut items {
        item.stock = 7;
    }
    let tx = db.begin().await?;
    items[299].destroy(&tx).await?;
    let listener = Listener::start();
    let refused = Item::bulk_update(&tx, &mut items, Item::STOCK).await;
    check_matches!(refused, Err(Error::RecordNotFound { .. }));
    let heard = listener.sql();
    check_eq!(heard.len(), 4);
    check_eq!(heard[0], "SAVEPOINT orm_1");
    check_eq!(heard[3], "ROLLBACK TO SAVEPOINT orm_1");
    check_eq!(Item::find().filter(Item::STOCK.eq(7)).count(&tx).await?, 1);
    check_eq!(Item::bulk_update(&tx, &mut items[..299], Item::STOCK).await?, 299);
    tx.commit().await?;
    check_eq!(Item::find().filter(Item::STOCK.eq(7)).count(db).await?, 299);
    Ok(())
}

async fn values_that_the_database_refuses(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut items = items(db, 600).await?;
    let stored = items.clone();
    for item in &mut items {
        item.stock = 7;
        item.code = Some(format!("code {}", item.id));
    }
    items[550].code = Some("code 3".into());
    let refused = Item::bulk_update(db, &mut items, (Item::STOCK, Item::CODE)).await;
    check_matches!(refused, Err(Error::UniqueViolation(violation)) if violation.columns == ["code"]);
    check_eq!(Item::find().order_by(Item::ID).all(db).await?, stored);
    items[550].title = "x".repeat(256);
    let refused = Item::bulk_update(db, &mut items, Item::TITLE).await;
    check_matches!(refused, Err(Error::ValueTooLong(violation)) if violation.columns == ["title"]);
    check_eq!(Item::find().order_by(Item::ID).all(db).await?, stored);
    // A value that is never sent.
    items[550].seen_at = Some(DateTime::<Utc>::MAX_UTC);
    let refused = Item::bulk_update(db, &mut items, Item::SEEN_AT).await;
    check_matches!(refused, Err(Error::Encode(_)));
    check_eq!(Item::find().order_by(Item::ID).all(db).await?, stored);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Seat {
    #[model(primary_key, size = 20)]
    row: String,
    note: Option<String>,
    #[model(primary_key)]
    number: i16,
}

async fn keys_of_two_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Seat::sync(db).await?;
    let drafts = (0..600).map(|n| Seat::build().row(format!("row {}", n % 7)).number(n - 300));
    let mut seats = Seat::bulk_create(db, drafts).await?;
    for (n, seat) in seats.iter_mut().enumerate() {
        seat.note = (n % 2 == 0).then(|| format!("note {n}"));
    }
    check_eq!(Seat::bulk_update(db, &mut seats, Seat::NOTE).await?, 600);
    check_eq!(Seat::find().order_by(Seat::NUMBER).all(db).await?, seats);
    let twice = [seats[4].clone(), seats[4].clone()];
    match Seat::bulk_update(db, &mut twice.clone(), Seat::NOTE).await {
        Err(Error::RepeatedKey { table: "seats", key }) => check_eq!(*key, r#"("row 4", -296)"#),
        other => return Err(format!("not refused: {other:?}").into()),
    }
    // The same parts in other pairs are other keys.
    let mut other = [Seat { row: "row 0".into(), note: None, number: seats[1].number }];
    check_matches!(Seat::bulk_update(db, &mut other, Seat::NOTE).await, Err(Error::RecordNotFound { .. }));
    Ok(())
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum Kind {
    Small,
    Large,
}

/// Rows whose key is of this type are found by it, and by nothing that is like it.
macro_rules! found_by {
    ($db:ident, $model:ident, $table:literal, [$($type:ty),+], $keys:expr) => {{
        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(table = $table)]
        struct $model {
            #[model(primary_key)]
            key: $($type)+,
            note: Option<String>,
        }

        $model::sync($db).await?;
        let keys = Vec::from($keys);
        let mut rows = Vec::new();
        for key in keys {
            rows.push($model::build().key(key).save($db).await?);
        }
        for (n, row) in rows.iter_mut().enumerate() {
            row.note = Some(format!("{n}"));
        }
        check_eq!($model::bulk_update($db, &mut rows, $model::NOTE).await?, rows.len() as u64);
        for row in &rows {
            check_eq!($model::find_by_id($db, &row.key).await?.as_ref(), Some(row));
        }
    }};
}

async fn keys_of_many_types(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let moment = |seconds, nanos| DateTime::from_timestamp(seconds, nanos).unwrap_or_default();
    found_by!(db, Signed, "signed_keys", [i64], [i64::MIN, -1, 1, i64::MAX]);
    found_by!(db, Unsigned, "unsigned_keys", [u64], [1, u64::MAX >> 1]);
    found_by!(db, Tiny, "tiny_keys", [u8], [0, 255]);
    found_by!(db, Truth, "truth_keys", [bool], [false, true]);
    found_by!(db, Tag, "uuid_keys", [Uuid], [Uuid::nil(), Uuid::max(), Uuid::from_u128(0x61)]);
    found_by!(
        db,
        At,
        "moment_keys",
        [DateTime<Utc>],
        [moment(0, 0), moment(0, 1_000), moment(-1, 999_999_000)]
    );
    found_by!(db, On, "day_keys", [NaiveDate], [NaiveDate::default(), moment(1 << 33, 0).date_naive()]);
    found_by!(db, Clock, "time_keys", [NaiveTime], [NaiveTime::MIN, moment(1, 1_000).time()]);
    found_by!(
        db,
        Price,
        "decimal_keys",
        [Decimal],
        [Decimal::new(15, 1), Decimal::new(-15, 1), Decimal::new(10, 0)]
    );
    found_by!(db, Chosen, "enum_keys", [Kind], [Kind::Large, Kind::Small]);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Word {
    #[model(primary_key, size = 60)]
    text: String,
    note: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Hash {
    #[model(primary_key, size = 32)]
    bytes: Vec<u8>,
    note: Option<String>,
}

async fn keys_compare_bytes(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Word::sync(db).await?;
    let texts = ["de", "DE", "de ", "dé", "", "'; --", "\u{1F600}", "ß", "ss", "0", "00"];
    let mut words = Word::bulk_create(db, texts.map(|text| Word::build().text(text))).await?;
    for (n, word) in words.iter_mut().enumerate() {
        word.note = Some(format!("{n}"));
    }
    check_eq!(Word::bulk_update(db, &mut words, Word::NOTE).await?, 11);
    for word in &words {
        check_eq!(Word::find_by_id(db, &word.text).await?.as_ref(), Some(word));
    }
    let mut other = [Word { text: "De".into(), note: None }];
    check_matches!(Word::bulk_update(db, &mut other, Word::NOTE).await, Err(Error::RecordNotFound { .. }));
    Hash::sync(db).await?;
    let bytes: [&[u8]; 6] = [b"", b"\0", b"\0\0", b"a", b"A", &[0xff, 0xfe]];
    let mut hashes = Hash::bulk_create(db, bytes.map(|bytes| Hash::build().bytes(bytes))).await?;
    for (n, hash) in hashes.iter_mut().enumerate() {
        hash.note = Some(format!("{n}"));
    }
    check_eq!(Hash::bulk_update(db, &mut hashes, Hash::NOTE).await?, 6);
    for hash in &hashes {
        check_eq!(Hash::find_by_id(db, &hash.bytes).await?.as_ref(), Some(hash));
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Page {
    id: u64,
    #[model(text)]
    content: Option<String>,
    data: Option<Vec<u8>>,
    body: Option<Json<Vec<String>>>,
}

async fn texts_that_grow(fixture: &Fixture) -> Outcome {
    // On one connection, so that it is the same prepared statement each time.
    let db = &fixture.options().max_connections(1).connect().await?;
    Page::sync(db).await?;
    let mut pages = Page::bulk_create(db, (0..4).map(|_| Page::build())).await?;
    for size in [0, 1, 300, 70_000, 5, 1 << 20, 2] {
        for (n, page) in pages.iter_mut().enumerate() {
            let text = "é".repeat(size * n);
            (page.content, page.data, page.body) = if n == 2 {
                (None, None, None)
            } else {
                (Some(text.clone()), Some(vec![0; size * n]), Some(Json(vec![text])))
            };
        }
        check_eq!(Page::bulk_update(db, &mut pages, (Page::CONTENT, Page::DATA, Page::BODY)).await?, 4);
        check!(Page::find().order_by(Page::ID).all(db).await? == pages, "of {size} they are others");
    }
    db.close().await?;
    Ok(())
}

async fn larger_than_the_packet_limit(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Page::sync(db).await?;
    let mut pages = Page::bulk_create(db, (0..40).map(|_| Page::build())).await?;
    for (n, page) in (0..).zip(&mut pages) {
        page.data = Some(vec![n; if n == 20 { 6 << 20 } else { 1 << 20 }]);
    }
    let listener = Listener::start();
    check_eq!(Page::bulk_update(db, &mut pages, Page::DATA).await?, 40);
    check!(listener.sql().len() > 10);
    check!(Page::find().order_by(Page::ID).all(db).await? == pages);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "t1")]
struct Odd {
    id: u64,
    #[model(column = "select `\" from")]
    value: i32,
}

async fn a_table_called_as_the_given_rows(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Odd::sync(db).await?;
    let mut odd = Odd::bulk_create(db, (0..3).map(|n| Odd::build().value(n))).await?;
    odd.iter_mut().for_each(|row| row.value += 10);
    check_eq!(Odd::bulk_update(db, &mut odd, Odd::VALUE).await?, 3);
    check_eq!(Odd::find().order_by(Odd::ID).all(db).await?, odd);
    Ok(())
}
