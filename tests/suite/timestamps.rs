//! `created_at` and `updated_at`: kept by themselves, unless the model or the caller says otherwise.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq};

cases![updated_at_is_kept_by_itself, unmanaged_times_are_left_alone];

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: u64,
    title: String,
    #[model(default = 0)]
    views: u32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

async fn updated_at_is_kept_by_itself(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Note::sync(db).await?;
    let old = DateTime::UNIX_EPOCH;
    let draft = || Note::build().title("a").created_at(old).updated_at(old);
    let mut note = draft().save(db).await?;
    check_eq!((note.created_at, note.updated_at), (old, old));
    note.update(db, Note::TITLE.set("b")).await?;
    check!(note.created_at == old && note.updated_at > old);
    check_eq!(Note::find_by_id(db, note.id).await?.as_ref(), Some(&note));
    note.update(db, (Note::TITLE.set("c"), Note::UPDATED_AT.set(old))).await?;
    check_eq!((&*note.title, note.updated_at), ("c", old));
    note.save(db).await?;
    check!(note.created_at == old && note.updated_at > old);
    check_eq!(Note::find_by_id(db, note.id).await?.as_ref(), Some(&note));
    let other = draft().save(db).await?;
    let one = || Note::find().filter(Note::ID.eq(other.id));
    one().update(db, Note::VIEWS.increment(1_u32)).await?;
    let row = one().one(db).await?.ok_or("gone")?;
    check!(row.created_at == old && row.updated_at > old);
    one().update(db, (Note::UPDATED_AT.set(old), Note::VIEWS.increment(1_u32))).await?;
    check_eq!(one().one(db).await?.map(|row| (row.updated_at, row.views)), Some((old, 2)));
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Import {
    id: u64,
    name: String,
    #[model(unmanaged)]
    created_at: Option<DateTime<Utc>>,
    #[model(unmanaged)]
    updated_at: DateTime<Utc>,
}

async fn unmanaged_times_are_left_alone(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Import::sync(db).await?;
    let old = DateTime::UNIX_EPOCH;
    let mut row = Import::build().name("a").updated_at(old).save(db).await?;
    check_eq!((row.created_at, row.updated_at), (None, old));
    row.update(db, Import::NAME.set("b")).await?;
    row.save(db).await?;
    Import::find().filter(Import::ID.eq(row.id)).update(db, Import::NAME.set("c")).await?;
    row.reload(db).await?;
    check_eq!((&*row.name, row.created_at, row.updated_at), ("c", None, old));
    Ok(())
}
