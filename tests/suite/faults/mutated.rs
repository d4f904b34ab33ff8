//! Servers that say nonsense: an error, or even an answer, but no panic and no waiting beyond the deadline.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use orm_core::prelude::*;
use tests::fake::{Fake, Script};
use tests::proxy::Proxy;
use tests::seed::seed;
use tests::stones::{self, Stone, session, stone};
use tests::{Fixture, Outcome};

use super::in_time;
use crate::{cases, check, check_eq, check_matches};

cases![what_a_server_said_can_be_said_again, nonsense_is_an_error, ids_that_cannot_be_are_an_error];

/// How many servers say nonsense.
const SERVERS: u64 = 200;

async fn what_a_server_said_can_be_said_again(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // It is no server.
        return Ok(());
    }
    let (script, seen) = stones::record(&fixture.db, fixture.url()).await?;
    let right = seen.iter().filter(|part| part.starts_with("Ok(")).count();
    check!(script.len() > 1_000 && right == seen.len() - 1, "{seen:?}");
    let fake = Fake::start(fixture.url(), script).await?;
    check_eq!(session(fake.url()).await?, seen);
    Ok(())
}

async fn nonsense_is_an_error(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // It is no server.
        return Ok(());
    }
    let (script, seen) = stones::record(&fixture.db, fixture.url()).await?;
    let seed = seed("nonsense_is_an_error");
    let attempts = (0..SERVERS).map(|n| {
        let (script, seen) = (&script, &seen);
        async move {
            let mut random = fastrand::Rng::with_seed(seed.wrapping_add(n));
            let mut script = script.clone();
            let changes: Vec<String> = (0..random.usize(1..=3)).map(|_| script.mutate(&mut random)).collect();
            script.stubborn = random.u8(..20) == 0;
            let fake = Fake::start(fixture.url(), script).await?;
            let outcome = in_time(session(fake.url()))
                .await
                .map_err(|error| format!("ORM_TEST_SEED={seed}, server {n}: {changes:?}: {error}"))?;
            Outcome::Ok(outcome.is_ok_and(|parts| parts == *seen))
        }
    });
    // Most of the time is waiting for what never comes.
    let same: Vec<bool> = futures_util::stream::iter(attempts).buffer_unordered(32).try_collect().await?;
    let unharmed = same.iter().filter(|same| **same).count();
    check!(unharmed < same.len() / 2, "{unharmed} of {} changes made no difference", same.len());
    Ok(())
}

async fn ids_that_cannot_be_are_an_error(fixture: &Fixture) -> Outcome {
    if fixture.server().name() != "mysql" {
        // The others tell every id, and none has to be reckoned.
        return Ok(());
    }
    Stone::sync(&fixture.db).await?;
    let create = async |url: &str| {
        let db = DbOptions::new(url)
            .max_connections(1)
            .statement_timeout(Duration::from_secs(1))
            .connect()
            .await?;
        let stones = Stone::bulk_create(&db, (1..=3).map(stone)).await;
        db.close().await?;
        stones
    };
    let proxy = Proxy::recording(fixture.url()).await?;
    check_eq!(create(proxy.url()).await?.iter().map(|stone| stone.id).collect::<Vec<_>>(), [1, 2, 3]);
    let script = proxy.conversations().first().map(Script::of).ok_or("nothing was said")?;
    // Three rows from the id 1 on.
    let mut last = script.clone();
    check!(last.replace(&[0, 3, 1], &[0, 3, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    // The distance between two ids, and the packet limit.
    let limit = fixture.db.query_as::<u64>("SELECT @@global.max_allowed_packet", ()).await?[0].to_string();
    let about =
        |step: char| format!("\u{1}{step}{}{limit}", char::from(u8::try_from(limit.len()).unwrap_or(0)));
    let mut none = script.clone();
    check!(none.replace(about('1').as_bytes(), about('0').as_bytes()));
    for script in [last, none] {
        let fake = Fake::start(fixture.url(), script).await?;
        check_matches!(in_time(create(fake.url())).await?, Err(_));
    }
    Ok(())
}
