//! IN lists of every length.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    lists_of_many_lengths,
    texts_of_lists_are_few,
    a_list_beyond_the_limit_is_an_error,
    a_padded_list_counts_no_row_twice,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Entry {
    id: u64,
    number: i64,
}

async fn entries(db: &Db, count: i64) -> Result<(), Error> {
    Entry::sync(db).await?;
    Entry::bulk_create(db, (0..count).map(|n| Entry::build().number(n))).await?;
    Ok(())
}

async fn lists_of_many_lengths(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    entries(db, 6_000).await?;
    for length in [0, 1, 2, 3, 5, 8, 9, 1_000, 1_023, 1_024, 1_025, 5_000, 30_000] {
        let there = u64::try_from(length)?.min(6_000);
        let found = Entry::find().filter(Entry::NUMBER.is_in(0..length)).count(db).await?;
        check_eq!((length, found), (length, there));
        let found = Entry::find().filter(Entry::NUMBER.not_in(0..length)).count(db).await?;
        check_eq!((length, found), (length, 6_000 - there));
        let found =
            Entry::find().filter(Entry::NUMBER.is_in((0..length).map(|n| n + 10_000))).count(db).await?;
        check_eq!((length, found), (length, 0));
    }
    let rows =
        Entry::find().filter(Entry::ID.is_in([5_999, 2, 2, 77_777])).order_by(Entry::ID).all(db).await?;
    check_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 5_998]);
    Ok(())
}

async fn texts_of_lists_are_few(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    entries(db, 10).await?;
    let listener = Listener::start();
    for length in [5, 6, 7, 8] {
        check_eq!(
            Entry::find().filter(Entry::NUMBER.is_in(0..length)).all(db).await?.len(),
            usize::try_from(length)?
        );
    }
    let mut texts = listener.sql();
    texts.dedup();
    check_eq!(texts, [r#"SELECT "id", "number" FROM "entries" WHERE "number" IN (?, ?, ?, ?, ?, ?, ?, ?)"#]);
    check_eq!(Entry::find().filter(Entry::NUMBER.is_in([3])).all(db).await?.len(), 1);
    check_eq!(listener.sql(), [r#"SELECT "id", "number" FROM "entries" WHERE "number" IN (?)"#]);
    Ok(())
}

async fn a_list_beyond_the_limit_is_an_error(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    entries(db, 10).await?;
    let most: i64 = if fixture.is_sqlite() { 32_766 } else { 65_535 };
    check_eq!(Entry::find().filter(Entry::NUMBER.is_in(0..most)).count(db).await?, 10);
    let listener = Listener::start();
    let beyond = Entry::find().filter(Entry::NUMBER.is_in(0..=most)).count(db).await;
    check_matches!(&beyond, Err(Error::Unsupported(text)) if text.contains(&most.to_string()) && text.contains(&(most + 1).to_string()));
    let beyond = Entry::find().filter(Entry::NUMBER.not_in(0..=most)).destroy(db).await;
    check_matches!(&beyond, Err(Error::Unsupported(_)));
    check_eq!(listener.sql(), Vec::<String>::new());
    check_eq!(Entry::find().count(db).await?, 10);
    Ok(())
}

async fn a_padded_list_counts_no_row_twice(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    entries(db, 10).await?;
    check_eq!(Entry::find().filter(Entry::NUMBER.is_in([1, 2, 3])).count(db).await?, 3);
    check_eq!(Entry::find().filter(Entry::NUMBER.is_in([1, 2, 3])).sum(db, Entry::NUMBER).await?, Some(6));
    check_eq!(
        Entry::find().filter(Entry::NUMBER.not_in([1, 2, 3])).update(db, Entry::NUMBER.increment(1)).await?,
        7
    );
    check_eq!(Entry::find().filter(Entry::NUMBER.is_in([1, 2, 3])).destroy(db).await?, 4);
    check!(Entry::find().order_by(Entry::NUMBER).select(Entry::NUMBER).all(db).await? == [5, 6, 7, 8, 9, 10]);
    Ok(())
}
