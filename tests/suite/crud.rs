//! One record's life: build, save, find, update, reload, destroy.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check};

cases![
    saved_record_equals_its_row,
    update_changes_row_and_record,
    vanished_row_is_an_error,
    increment_reads_back
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: u64,
    description: String,
    #[model(default = 0)]
    views: u32,
    rating: Option<i32>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

async fn saved_record_equals_its_row(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Note::sync(db).await?;
    let note = Note::build().description("Took a cold bath").rating(4).save(db).await?;
    check!(note.id == 1);
    check!(note.views == 0);
    check!(note.created_at == note.updated_at);
    check!(Note::find_by_id(db, 1).await? == Some(note.clone()));
    check!(Note::find().filter(Note::RATING.eq(4)).one(db).await? == Some(note));
    check!(Note::find_by_id(db, 2).await?.is_none());
    Ok(())
}

async fn update_changes_row_and_record(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Note::sync(db).await?;
    let mut note = Note::build().description("a").save(db).await?;
    let before = note.clone();
    note.update(db, (Note::DESCRIPTION.set("b"), Note::RATING.set_null())).await?;
    check!(note.description == "b" && note.rating.is_none());
    check!(note.updated_at > before.updated_at && note.created_at == before.created_at);
    check!(Note::find_by_id(db, note.id).await? == Some(note.clone()));
    note.description = "c".into();
    note.rating = Some(-1);
    note.save(db).await?;
    check!(Note::find_by_id(db, note.id).await? == Some(note.clone()));
    let mut same = before;
    same.reload(db).await?;
    check!(same == note);
    Ok(())
}

async fn vanished_row_is_an_error(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Note::sync(db).await?;
    let mut note = Note::build().description("a").save(db).await?;
    note.destroy(db).await?;
    check!(Note::find().count(db).await? == 0);
    check!(matches!(note.destroy(db).await, Err(Error::RecordNotFound { table: "notes" })));
    check!(matches!(note.save(db).await, Err(Error::RecordNotFound { .. })));
    check!(matches!(note.reload(db).await, Err(Error::RecordNotFound { .. })));
    check!(matches!(note.update(db, Note::VIEWS.set(3_u32)).await, Err(Error::RecordNotFound { .. })));
    check!(matches!(note.update(db, Note::VIEWS.increment(3_u32)).await, Err(Error::RecordNotFound { .. })));
    Ok(())
}

async fn increment_reads_back(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Note::sync(db).await?;
    let mut note = Note::build().description("a").views(5).save(db).await?;
    Note::find().everything().update(db, Note::VIEWS.increment(10)).await?;
    note.description = "not saved".into();
    note.update(db, (Note::VIEWS.increment(1), Note::RATING.set(2))).await?;
    check!(note.views == 16 && note.rating == Some(2) && note.description == "not saved");
    let row = Note::find_by_id(db, note.id).await?.ok_or("gone")?;
    check!(row.views == 16 && row.description == "a" && row.updated_at == note.updated_at);
    Ok(())
}
