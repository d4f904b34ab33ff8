//! One association, of each kind.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Profile, Task, User, fill, titles};
use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    to_many_is_a_list,
    to_one_is_an_option,
    has_one_never_doubles_its_owner,
    a_required_key_yields_the_record,
    several_side_by_side,
    pages_and_counts_are_of_the_owners,
    loaded_afterwards,
    an_update_includes_nothing,
    lists_are_in_the_order_of_the_key,
    one_statement_a_level,
    keys_go_in_batches,
    long_keys_go_in_smaller_batches,
    text_keys_compare_bytes,
    a_record_of_nobody_is_an_error,
    composite_keys,
];

async fn to_many_is_a_list(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let users: Vec<(User, Vec<Task>)> = User::find().include(User::TASKS).all(&fixture.db).await?;
    check_eq!(users.len(), 3);
    check_eq!(titles(&users[0].1), ["memo", "letter", "archive", "back-up"]);
    check_eq!(titles(&users[1].1), ["call"]);
    check_eq!(users[2].1, []);
    let none = User::find().filter(User::ID.gt(9)).include(User::TASKS).all(&fixture.db).await?;
    check_eq!(none, []);
    Ok(())
}

async fn to_one_is_an_option(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let tasks: Vec<(Task, Option<User>)> = Task::find().include(Task::USER).all(&fixture.db).await?;
    let owners: Vec<_> = tasks.iter().map(|(_, user)| user.as_ref().map(|user| user.name.as_str())).collect();
    check_eq!(owners, [Some("John"), Some("John"), Some("Jane"), None, Some("John"), Some("John")]);
    let one = Task::find().filter(Task::ID.eq(3)).include(Task::USER).one(&fixture.db).await?;
    check_eq!(one.and_then(|(_, user)| user).map(|user| user.name), Some("Jane".to_owned()));
    Ok(())
}

async fn has_one_never_doubles_its_owner(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    // No unique index was asked for, so that there can be a second one.
    Profile::build().bio("Second").user_id(1_u64).save(&fixture.db).await?;
    let users: Vec<(User, Option<Profile>)> = User::find().include(User::PROFILE).all(&fixture.db).await?;
    let bios: Vec<_> = users.iter().map(|(_, profile)| profile.as_ref().map(|it| it.bio.as_str())).collect();
    check_eq!(bios, [Some("Mister"), None, None]);
    let filtered = User::PROFILE.filter(Profile::BIO.eq("Second"));
    let users = User::find().include(filtered).all(&fixture.db).await?;
    check_eq!(users[0].1.as_ref().map(|it| it.bio.as_str()), Some("Second"));
    check_eq!(users.len(), 3);
    Ok(())
}

async fn a_required_key_yields_the_record(fixture: &Fixture) -> Outcome {
    use super::Comment;
    fill(fixture).await?;
    let comments: Vec<(Comment, Task)> = Comment::find().include(Comment::TASK).all(&fixture.db).await?;
    check_eq!(comments[2].1.title, "letter");
    // A condition may leave it out, and the type says so.
    let filtered = Comment::TASK.filter(Task::TITLE.eq("memo"));
    let comments: Vec<(Comment, Option<Task>)> = Comment::find().include(filtered).all(&fixture.db).await?;
    check_eq!(comments.iter().filter(|(_, task)| task.is_some()).count(), 2);
    Ok(())
}

async fn several_side_by_side(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let users = User::find()
        .include(User::TASKS)
        .include(User::PROFILE)
        .include(User::TASKS.filter(Task::DONE.eq(false)))
        .include(User::TASKS.count())
        .include(User::PROFILE.select(Profile::BIO))
        .include(User::TASKS.select((Task::ID, Task::TITLE)))
        .include(User::TASKS.limit(1))
        .include(User::TASKS.filter(Task::DONE.is_null()).count())
        .all(&fixture.db)
        .await?;
    let (user, tasks, profile, open, count, bio, pairs, first, undecided) = &users[0];
    check_eq!(user.name, "John");
    check_eq!((tasks.len(), *count, *undecided), (4, 4, 1));
    check_eq!(profile.as_ref().map(|it| it.bio.as_str()), Some("Mister"));
    check_eq!(titles(open), ["letter", "archive"]);
    check_eq!(bio.as_deref(), Some("Mister"));
    check_eq!(pairs[1], (2, "letter".to_owned()));
    check_eq!(titles(first), ["memo"]);
    check_eq!((users[2].4, users[2].5.clone()), (0, None));
    Ok(())
}

async fn pages_and_counts_are_of_the_owners(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let query = || User::find().order_by(User::NAME).include(User::TASKS);
    let page = query().limit(2).all(db).await?;
    check_eq!(page.iter().map(|(user, _)| user.name.as_str()).collect::<Vec<_>>(), ["Jane", "Joe"]);
    let page = query().offset(2).limit(2).all(db).await?;
    check_eq!(page.iter().map(|(_, tasks)| tasks.len()).collect::<Vec<_>>(), [4]);
    check_eq!(query().count(db).await?, 3);
    let (page, total) = query().limit(1).find_and_count(db).await?;
    check_eq!((page.len(), total), (1, 3));
    check!(query().exists(db).await?);
    Ok(())
}

async fn loaded_afterwards(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let users = User::find().order_by(User::ID.desc()).all(db).await?;
    let tasks: Vec<Vec<Task>> = User::TASKS.load(db, &users).await?;
    check_eq!(tasks.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 4]);
    let profiles: Vec<Option<Profile>> = User::PROFILE.load(db, &users).await?;
    check_eq!(profiles.iter().filter(|profile| profile.is_some()).count(), 1);
    let all: Vec<Task> = tasks.into_iter().flatten().collect();
    let owners = Task::USER.load(db, &all).await?;
    check_eq!(owners.iter().flatten().map(|user| user.id).collect::<Vec<_>>(), [2, 1, 1, 1, 1]);
    let open = User::TASKS.filter(Task::DONE.eq(false)).include(Task::COMMENTS).load(db, &users).await?;
    check_eq!(
        open[2].iter().map(|(task, comments)| (task.id, comments.len())).collect::<Vec<_>>(),
        [(2, 1), (5, 0)]
    );
    check_eq!(User::TASKS.load(db, &[]).await?, Vec::<Vec<Task>>::new());
    Ok(())
}

async fn an_update_includes_nothing(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    let db = &fixture.db;
    let query = || User::find().filter(User::ID.eq(1)).include(User::TASKS);
    check_matches!(query().update(db, User::NAME.set("x")).await, Err(Error::Unsupported(_)));
    check_matches!(query().destroy(db).await, Err(Error::Unsupported(_)));
    check_eq!(User::find().filter(User::NAME.eq("John")).count(db).await?, 1);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(copies: Copy))]
struct Shelf {
    id: u64,
}

// The databases find the copies of a shelf by the index, which has them by their titles.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(name = "by_title", columns(shelf_id, title)), has_many(loans: Loan, foreign_key = copy_number))]
struct Copy {
    #[model(primary_key)]
    number: i64,
    #[model(size = 20)]
    title: String,
    #[model(belongs_to = Shelf)]
    shelf_id: u64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Loan {
    id: u64,
    #[model(belongs_to = Copy, as = copy)]
    copy_number: i64,
}

async fn lists_are_in_the_order_of_the_key(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[Shelf::TABLE, Copy::TABLE, Loan::TABLE]).await?;
    Shelf::bulk_create(db, (0..3).map(|_| Shelf::build())).await?;
    let numbers = || -30..=30_i64;
    let copies = numbers().map(|number| {
        let title = format!("{:02}", number.wrapping_mul(7).rem_euclid(61));
        Copy::build().number(number).title(title).shelf_id(number.rem_euclid(3).unsigned_abs() + 1)
    });
    Copy::bulk_create(db, copies).await?;
    Loan::bulk_create(db, numbers().map(|number| Loan::build().copy_number(number))).await?;
    let listener = Listener::start();
    let shelves = Shelf::find().order_by(Shelf::ID).include(Shelf::COPIES).all(db).await?;
    // The server does not sort for it.
    check!(!listener.sql()[1].contains("ORDER BY"));
    let nested =
        Shelf::find().order_by(Shelf::ID).include(Shelf::COPIES.include(Copy::LOANS)).all(db).await?;
    for ((shelf, copies), (_, nested)) in shelves.into_iter().zip(nested) {
        let expected = numbers().filter(|number| number.rem_euclid(3).unsigned_abs() + 1 == shelf.id);
        check_eq!(copies.iter().map(|copy| copy.number).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        check_eq!(nested.iter().map(|(copy, _)| copy).collect::<Vec<_>>(), copies.iter().collect::<Vec<_>>());
        check!(nested.iter().all(|(copy, loans)| loans.len() == 1 && loans[0].copy_number == copy.number));
    }
    Ok(())
}

async fn one_statement_a_level(fixture: &Fixture) -> Outcome {
    use super::Comment;
    fill(fixture).await?;
    let listener = Listener::start();
    let users = User::find()
        .include(User::PROFILE)
        .include(User::TASKS.include(Task::COMMENTS.include(Comment::TASK)))
        .all(&fixture.db)
        .await?;
    check_eq!(users.len(), 3);
    check_eq!(listener.sql().len(), 3);
    Ok(())
}

async fn keys_go_in_batches(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[User::TABLE, Task::TABLE]).await?;
    User::bulk_create(db, (0..2500).map(|n| User::build().name(format!("user {n}")))).await?;
    Task::bulk_create(db, (0..2500_u64).map(|n| Task::build().title(format!("task {n}")).user_id(2500 - n)))
        .await?;
    let listener = Listener::start();
    let users = User::find().include(User::TASKS).all(db).await?;
    // The servers take ten thousand such keys, SQLite a thousand.
    let batches = if db.dialect_name() == "sqlite" { 3 } else { 1 };
    check_eq!(listener.sql().len(), 1 + batches);
    for (user, tasks) in &users {
        check_eq!(titles(tasks), [format!("task {}", 2500 - user.id)]);
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(pages: Page, foreign_key = address))]
struct Site {
    #[model(primary_key, size = 700)]
    address: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Page {
    id: u64,
    #[model(belongs_to = Site, as = site, size = 700)]
    address: String,
}

// MySQL reads the whole table instead of an index where a list of keys takes too much memory.
async fn long_keys_go_in_smaller_batches(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[Site::TABLE, Page::TABLE]).await?;
    let addresses = || (0..2500).map(|n| format!("https://example.org/{n}"));
    Site::bulk_create(db, addresses().map(|address| Site::build().address(address))).await?;
    Page::bulk_create(db, addresses().map(|address| Page::build().address(address))).await?;
    let listener = Listener::start();
    let sites = Site::find().include(Site::PAGES).all(db).await?;
    check_eq!(listener.sql().len(), 4);
    for (site, pages) in &sites {
        check_eq!(pages.iter().map(|page| &page.address).collect::<Vec<_>>(), [&site.address]);
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(cities: City, foreign_key = country_code))]
struct Country {
    #[model(primary_key, size = 60)]
    code: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct City {
    id: u64,
    name: String,
    #[model(belongs_to = Country, as = country, size = 60)]
    country_code: String,
}

async fn text_keys_compare_bytes(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[City::TABLE, Country::TABLE]).await?;
    let codes = ["de", "DE", "de ", "dé"];
    Country::bulk_create(db, codes.map(|code| Country::build().code(code))).await?;
    City::bulk_create(db, codes.map(|code| City::build().name(code).country_code(code))).await?;
    for (country, cities) in Country::find().include(Country::CITIES).all(db).await? {
        check_eq!(cities.iter().map(|city| &city.name).collect::<Vec<_>>(), [&country.code]);
    }
    for (city, country) in City::find().include(City::COUNTRY).all(db).await? {
        check_eq!(city.name, country.code);
    }
    Ok(())
}

// Tables that were not made by `sync`: the database takes "AT" and "at" for the same key, and a record in memory does not.
async fn a_record_of_nobody_is_an_error(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let text = if db.dialect_name() == "sqlite" {
        "VARCHAR(60) COLLATE NOCASE"
    } else {
        "VARCHAR(60) COLLATE utf8mb4_general_ci"
    };
    db.execute(TrustedSql(format!("CREATE TABLE countries (code {text} PRIMARY KEY)")), ()).await?;
    let cities =
        format!("CREATE TABLE cities (id BIGINT PRIMARY KEY, name VARCHAR(255), country_code {text})");
    db.execute(TrustedSql(cities), ()).await?;
    Country::build().code("AT").save(db).await?;
    db.execute("INSERT INTO cities VALUES (1, 'Graz', 'AT')", ()).await?;
    check_eq!(Country::find().include(Country::CITIES).all(db).await?[0].1[0].name, "Graz");
    db.execute("INSERT INTO cities VALUES (2, 'Linz', 'at')", ()).await?;
    let failed = Country::find().include(Country::CITIES).all(db).await;
    check_matches!(&failed, Err(Error::Decode(_)));
    let message = failed.err().map(|error| error.to_string()).unwrap_or_default();
    check!(message.contains("cities.country_code") && message.contains("of another"), "{message}");
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(items: Item, foreign_key = (shop_id, order_no)))]
struct Order {
    #[model(primary_key)]
    shop_id: u32,
    #[model(primary_key)]
    no: u32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(belongs_to(order: Order, foreign_key = (shop_id, order_no)))]
struct Item {
    id: u64,
    shop_id: u32,
    order_no: Option<u32>,
}

async fn composite_keys(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[Item::TABLE, Order::TABLE]).await?;
    let keys = [(1, 1), (1, 2), (2, 1)];
    Order::bulk_create(db, keys.map(|(shop, no)| Order::build().shop_id(shop).no(no))).await?;
    let items = [(1, Some(1)), (2, Some(1)), (1, Some(1)), (1, None)];
    Item::bulk_create(db, items.map(|(shop, no)| Item::build().shop_id(shop).order_no(no))).await?;
    let orders = Order::find().include(Order::ITEMS).all(db).await?;
    let ids: Vec<Vec<u64>> =
        orders.iter().map(|(_, items)| items.iter().map(|item| item.id).collect()).collect();
    check_eq!(ids, [vec![1, 3], vec![], vec![2]]);
    let items = Item::find().include(Item::ORDER).all(db).await?;
    check_eq!(
        items.iter().map(|(_, order)| order.as_ref().map(|it| it.no)).collect::<Vec<_>>(),
        [Some(1), Some(1), Some(1), None]
    );
    let limited = Order::find().include(Order::ITEMS.order_by(Item::ID.desc()).limit(1)).all(db).await?;
    check_eq!(limited[0].1.iter().map(|item| item.id).collect::<Vec<_>>(), [3]);
    Ok(())
}
