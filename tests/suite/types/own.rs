//! Types of the application's own: structs as JSON documents, enums, newtypes.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::survives;
use crate::{cases, check};

cases![structs_as_documents, choices, a_text_that_is_no_choice, wrapped, wrapped_keys];

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Settings {
    theme: Option<String>,
    sizes: Vec<u32>,
    ratio: f64,
    inner: Option<Box<Settings>>,
}

survives!(structs_as_documents, Configured, [Json<Settings>], {
    let inner = Settings { theme: None, sizes: vec![], ratio: 0.5, inner: None };
    let outer = Settings {
        theme: Some("dünkel".into()),
        sizes: vec![0, u32::MAX],
        ratio: -1.25,
        inner: Some(Box::new(inner.clone())),
    };
    [Json(inner), Json(outer)]
});

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum State {
    Open,
    InProgress,
    Closed,
}

survives!(choices, Chosen, [State], [State::Open, State::InProgress, State::Closed]);

/// A text that only another program can have stored is an error that names the texts that are known.
async fn a_text_that_is_no_choice(fixture: &Fixture) -> Outcome {
    #[derive(Model, Clone)]
    #[model(table = "chosen")]
    struct Lax {
        id: u64,
        value: String,
    }

    #[derive(Model, Clone, Debug)]
    #[model(table = "chosen")]
    struct Strict {
        id: u64,
        value: State,
    }

    let db = &fixture.db;
    Lax::sync(db).await?;
    Lax::build().value("cancelled").save(db).await?;
    match Strict::find().all(db).await {
        Err(Error::Decode(mismatch)) => {
            check!(mismatch.table == "chosen" && mismatch.column == "value");
            check!(mismatch.wanted == "one of open, in_progress, closed" && mismatch.got == "another text");
        }
        _ => return Err("it was read".into()),
    }
    Ok(())
}

#[derive(Newtype, Debug, Clone, PartialEq)]
struct Email(String);

survives!(wrapped, Wrapped, [Email], [Email(String::new()), Email("ada@example.org".into())]);

#[derive(Newtype, Debug, Clone, Copy, PartialEq)]
struct AccountId(u64);

#[derive(Model, Debug, Clone, PartialEq)]
struct Account {
    #[model(auto_increment)]
    id: AccountId,
    parent_id: Option<AccountId>,
}

/// A newtype around an integer is generated where the field says so, and finds its record.
async fn wrapped_keys(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Account::sync(db).await?;
    let first = Account::build().save(db).await?;
    let second = Account::build().parent_id(first.id).save(db).await?;
    check!(first.id == AccountId(1) && second.id == AccountId(2));
    check!(Account::find_by_id(db, second.id).await? == Some(second.clone()));
    check!(Account::find().filter(Account::PARENT_ID.eq(first.id)).all(db).await? == [second]);
    Ok(())
}
