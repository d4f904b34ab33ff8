//! Reads from replicas that really follow their source.

use std::collections::BTreeSet;
use std::time::Duration;

use libtest_mimic::Trial;
use orm_core::db::TransactionOptions;
use orm_core::prelude::*;
use tests::Outcome;

use crate::{Note, Servers, port, port_of, trial, wait_for};

pub(crate) fn trials(server: &str, variable: &'static str) -> Vec<Trial> {
    let name = |test: &str| format!("{server}::replicas::{test}");
    vec![
        trial(name("all_of_them_answer"), variable, all_of_them_answer),
        trial(name("writes_that_went_astray"), variable, writes_that_went_astray),
        trial(name("one_that_stopped_is_left_out"), variable, one_that_stopped_is_left_out),
        trial(name("own_writes_are_read"), variable, own_writes_are_read),
    ]
}

fn options(servers: &Servers) -> DbOptions {
    let mut urls = servers.in_database().into_iter();
    let source = urls.next().unwrap_or_default();
    urls.fold(DbOptions::new(source), DbOptions::replica)
}

/// The table, once it has come to every replica.
async fn table(servers: &Servers, db: &Db) -> Outcome {
    Note::sync(db).await?;
    for url in &servers.in_database()[1..] {
        wait_for("the table has come to the replica", async || {
            let Ok(replica) = Db::connect(url).await else { return Ok(false) };
            let there = Note::find().count(&replica).await.is_ok();
            replica.close().await?;
            Ok(there)
        })
        .await?;
    }
    Ok(())
}

/// Where transactions that only read run, of many.
async fn ports(db: &Db) -> Outcome<BTreeSet<u64>> {
    let mut ports = BTreeSet::new();
    for _ in 0..40 {
        ports.insert(
            db.transaction_with(TransactionOptions::new().read_only(), async |tx| port(tx).await).await?,
        );
    }
    Ok(ports)
}

async fn all_of_them_answer(servers: &Servers) -> Outcome {
    let db = options(servers).connect().await?;
    table(servers, &db).await?;
    let replicas: BTreeSet<u64> = servers.urls[1..].iter().map(|url| port_of(url)).collect();
    assert_eq!(ports(&db).await?, replicas);
    assert_eq!(db.transaction(async |tx| port(tx).await).await?, port_of(&servers.urls[0]));
    let note = Note::build().text("far away").save(&db).await?;
    wait_for("the row has come", async || Ok(Note::find_by_id(&db, note.id).await?.is_some())).await?;
    db.close().await?;
    Ok(())
}

async fn writes_that_went_astray(servers: &Servers) -> Outcome {
    let db = options(servers).connect().await?;
    table(servers, &db).await?;
    // A program that takes a replica for the primary is told so, and loses nothing.
    let replica = Db::connect(&servers.in_database()[1]).await?;
    let outcome = Note::build().text("not here").save(&replica).await;
    assert!(matches!(outcome, Err(Error::ReadOnly(_))), "{outcome:?}");
    assert_eq!(Note::find().count(&replica).await?, 0);
    replica.close().await?;
    db.close().await?;
    Ok(())
}

/// Stops or starts applying what comes from the source, on one of the replicas.
async fn apply(servers: &Servers, number: usize, verb: &'static str) -> Outcome {
    let replica = Db::connect(&servers.urls[number]).await?;
    replica.execute(TrustedSql(format!("{verb} REPLICA SQL_THREAD")), ()).await?;
    replica.close().await?;
    Ok(())
}

async fn one_that_stopped_is_left_out(servers: &Servers) -> Outcome {
    let db = options(servers).max_replica_lag(Duration::from_secs(30)).connect().await?;
    table(servers, &db).await?;
    let [stopped, left] = [1, 2].map(|number| port_of(&servers.urls[number]));
    apply(servers, 1, "STOP").await?;
    let outcome = async {
        wait_for("only the other one is in use", async || Ok(ports(&db).await? == BTreeSet::from([left])))
            .await?;
        apply(servers, 2, "STOP").await?;
        let source = port_of(&servers.urls[0]);
        wait_for("the primary stands in", async || Ok(ports(&db).await? == BTreeSet::from([source]))).await
    };
    let outcome = outcome.await;
    apply(servers, 1, "START").await?;
    apply(servers, 2, "START").await?;
    outcome?;
    wait_for("both are back", async || Ok(ports(&db).await? == BTreeSet::from([stopped, left]))).await?;
    db.close().await?;
    Ok(())
}

async fn own_writes_are_read(servers: &Servers) -> Outcome {
    let db = options(servers).connect().await?;
    table(servers, &db).await?;
    // While the replicas apply, they answer, and always with what was written.
    let mine = db.read_your_writes(Duration::from_secs(30));
    for round in 0..20 {
        let note = Note::build().text(format!("round {round}")).save(&mine).await?;
        assert_eq!(Note::find_by_id(&mine, note.id).await?.as_ref(), Some(&note));
    }
    let replicas: BTreeSet<u64> = servers.urls[1..].iter().map(|url| port_of(url)).collect();
    assert_eq!(ports(&mine).await?, replicas);
    let count = mine
        .transaction(async |tx| {
            Note::build().text("by a commit").save(tx).await?;
            Note::find().count(tx).await
        })
        .await?;
    assert_eq!(Note::find().count(&mine).await?, count);
    // While they do not, the primary answers.
    apply(servers, 1, "STOP").await?;
    apply(servers, 2, "STOP").await?;
    let outcome = async {
        let mine = db.read_your_writes(Duration::from_millis(200));
        let note = Note::build().text("not there yet").save(&mine).await?;
        assert_eq!(Note::find_by_id(&db, note.id).await?, None);
        assert_eq!(Note::find_by_id(&mine, note.id).await?.as_ref(), Some(&note));
        assert_eq!(ports(&mine).await?, BTreeSet::from([port_of(&servers.urls[0])]));
        Outcome::Ok(())
    };
    let outcome = outcome.await;
    apply(servers, 1, "START").await?;
    apply(servers, 2, "START").await?;
    outcome?;
    db.close().await?;
    Ok(())
}
