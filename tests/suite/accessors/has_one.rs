//! The accessors of a has_one.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Profile, fill};
use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![gets, sets_and_unlinks_the_former, an_unknown_key_changes_nothing, clears, creates];

async fn profiles(db: &Db) -> Outcome<Vec<Profile>> {
    let drafts = [Some(1_u64), None].map(|user| Profile::build().user_id(user));
    Ok(Profile::bulk_create(db, drafts).await?)
}

async fn owners(db: &Db) -> Outcome<Vec<Option<u64>>> {
    Ok(Profile::find().order_by(Profile::ID).select(Profile::USER_ID).all(db).await?)
}

async fn gets(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    let profiles = profiles(db).await?;
    let listener = Listener::start();
    check_eq!(users[0].profile(db).await?.as_ref(), profiles.first());
    let sql = listener.sql();
    check!(sql.len() == 1 && sql[0].ends_with(r#"WHERE "user_id" = ? ORDER BY "id" LIMIT ?"#), "{sql:?}");
    check_eq!(users[1].profile(db).await?, None);
    Ok(())
}

async fn sets_and_unlinks_the_former(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    let mut profiles = profiles(db).await?;
    let listener = Listener::start();
    users[0].set_profile(db, &profiles[0]).await?;
    check_eq!(listener.sql().len(), 1);
    users[0].set_profile(db, &mut profiles[1]).await?;
    check_eq!(profiles[1].user_id, Some(1));
    check_eq!(owners(db).await?, [None, Some(1)]);
    // From another's hands.
    users[1].set_profile(db, 2).await?;
    check_eq!(owners(db).await?, [None, Some(2)]);
    Ok(())
}

async fn an_unknown_key_changes_nothing(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    profiles(db).await?;
    check_matches!(users[0].set_profile(db, 9).await, Err(Error::UnknownKeys { .. }));
    check_eq!(owners(db).await?, [Some(1), None]);
    Ok(())
}

async fn clears(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    profiles(db).await?;
    check_eq!(users[0].clear_profile(db).await?, 1);
    check_eq!(users[0].clear_profile(db).await?, 0);
    check_eq!(owners(db).await?, [None, None]);
    Ok(())
}

async fn creates(fixture: &Fixture) -> Outcome {
    let (users, _) = fill(fixture).await?;
    let db = &fixture.db;
    profiles(db).await?;
    let created = users[0].create_profile(db, Profile::build()).await?;
    check_eq!(created.user_id, Some(1));
    check_eq!(owners(db).await?, [None, None, Some(1)]);
    // Where the INSERT fails the former stays.
    let twice = users[0].create_profile(db, Profile::build().id(1)).await;
    check_matches!(twice, Err(Error::UniqueViolation(_)));
    check_eq!(owners(db).await?, [None, None, Some(1)]);
    Ok(())
}
