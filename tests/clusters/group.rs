//! A group of three, whose primary changes.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use libtest_mimic::Trial;
use orm_core::prelude::*;
use tests::Outcome;
use tests::cluster::run;
use tests::ledger::{Fate, Ledger};

use crate::writers::{conflicts_are_run_again, ids_are_those_stored};
use crate::{Note, Servers, patient, port, port_of, trial, wait_for};

pub(crate) fn trials(variable: &'static str) -> Vec<Trial> {
    vec![
        trial("group::the_writer_is_found".into(), variable, the_writer_is_found),
        trial("group::and_found_again".into(), variable, and_found_again),
        trial("group::what_is_under_way_is_in_doubt".into(), variable, what_is_under_way_is_in_doubt),
        trial("group::several_primaries_store_their_ids".into(), variable, async |servers| {
            with_several_primaries(servers, ids_are_those_stored(servers, None)).await
        }),
        trial("group::several_primaries_are_in_conflict".into(), variable, async |servers| {
            with_several_primaries(servers, conflicts_are_run_again(servers)).await
        }),
    ]
}

/// Tells one node something.
async fn tell(url: &str, sql: &'static str) -> Outcome {
    let node = Db::connect(url).await?;
    node.execute(sql, ()).await?;
    node.close().await?;
    Ok(())
}

/// Makes this node the primary.
pub(crate) async fn promote(url: &str) -> Outcome {
    tell(url, "SELECT group_replication_set_as_primary(@@server_uuid)").await
}

async fn the_writer_is_found(servers: &Servers) -> Outcome {
    for number in [2, 0, 1] {
        promote(&servers.urls[number]).await?;
        for turn in 0..servers.urls.len() {
            let mut urls = servers.in_database();
            urls.rotate_left(turn);
            let db = DbOptions::cluster(urls).connect().await?;
            assert_eq!(db.transaction(async |tx| port(tx).await).await?, port_of(&servers.urls[number]));
            db.close().await?;
        }
    }
    // Nobody takes writes at these addresses.
    let secondaries = [0, 2].map(|number| servers.in_database()[number].clone());
    let outcome = DbOptions::cluster(secondaries).connect().await.map(drop);
    assert!(
        matches!(&outcome, Err(Error::ConnectionRefused(why)) if why.contains("no node takes writes")),
        "{outcome:?}"
    );
    Ok(())
}

/// How the first row after a switch is written.
#[derive(Clone, Copy)]
enum How {
    Transaction,
    Statement,
    Raw,
}

async fn and_found_again(servers: &Servers) -> Outcome {
    let db = DbOptions::cluster(servers.in_database()).max_connections(4).connect().await?;
    Note::sync(&db).await?;
    let mut written = 0;
    for (number, how) in [
        (1, How::Transaction),
        (2, How::Statement),
        (0, How::Raw),
        (1, How::Transaction),
        (0, How::Statement),
    ] {
        // All connections of the pool lead to the one that was the primary.
        let open = join_all((0..4).map(|_| db.begin())).await;
        open.into_iter().collect::<Result<Vec<_>, _>>()?;
        promote(&servers.urls[number]).await?;
        // The old primary refuses it, with nothing done: a transaction is run again where that was asked for, and a statement by itself goes
        // to the new one without a word.
        let note = || Note::build().text(format!("under {number}"));
        match how {
            How::Transaction => {
                let retried = db.retry_transaction(patient(), async |tx| note().save(tx).await);
                retried.await.map(drop)?;
            }
            How::Statement => drop(note().save(&db).await?),
            How::Raw => {
                db.execute("INSERT INTO notes (text) VALUES (?)", ("raw",)).await?;
            }
        }
        assert_eq!(db.transaction(async |tx| port(tx).await).await?, port_of(&servers.urls[number]));
        written += 1;
        assert_eq!(Note::find().count(&db).await?, written);
        // No connection to the old one is left.
        for _ in 0..8 {
            Note::build().text("without a retry").save(&db).await?;
            written += 1;
        }
    }
    for url in servers.in_database() {
        wait_for("every node has every row", async || {
            let node = Db::connect(&url).await?;
            let count = Note::find().count(&node).await?;
            node.close().await?;
            Ok(count == written)
        })
        .await?;
    }
    db.close().await?;
    Ok(())
}

async fn what_is_under_way_is_in_doubt(servers: &Servers) -> Outcome {
    promote(&servers.urls[0]).await?;
    // Otherwise it would wait for a majority for as long as that takes.
    tell(&servers.urls[0], "SET GLOBAL group_replication_unreachable_majority_timeout = 1").await?;
    let db = DbOptions::cluster(servers.in_database()).max_connections(8).connect().await?;
    let ledger = Ledger::new(&db).await?;
    for key in [ledger.next(), ledger.next()] {
        ledger.append(&db, key).await?;
    }
    for node in ["2", "3"] {
        run(&["freeze", "group", node]).await?;
    }
    // They wait for the consent of the others, to whom they have been sent.
    let writes = join_all((0..8).map(|writer| {
        let (db, ledger) = (&db, &ledger);
        async move {
            let key = ledger.next();
            if writer % 2 == 0 {
                return ledger.append(db, key).await;
            }
            let result = db.transaction(async |tx| Ledger::write(tx, key).await).await;
            ledger.settle(key, Fate::of_transaction(&result));
            result
        }
    }));
    let outcomes = tokio::time::timeout(Duration::from_secs(60), writes).await;
    // Whatever came of it, the group is to be whole again.
    for node in ["2", "3"] {
        run(&["thaw", "group", node]).await?;
    }
    run(&["kill", "group", "1"]).await?;
    let verified = db.retry_transaction(patient(), async |tx| Ledger::write(tx, ledger.next()).await).await;
    run(&["restart", "group", "1"]).await?;
    for (writer, outcome) in outcomes?.into_iter().enumerate() {
        match outcome {
            Err(Error::ConnectionLost(_)) if writer % 2 == 0 => {}
            Err(Error::OutcomeUnknown) if writer % 2 == 1 => {}
            other => return Err(format!("writer {writer}: {other:?}").into()),
        }
    }
    verified?;
    ledger.verify(&db).await?;
    db.close().await?;
    Ok(())
}

/// Lets all nodes take writes meanwhile.
async fn with_several_primaries(servers: &Servers, work: impl Future<Output = Outcome>) -> Outcome {
    let node = &servers.urls[0];
    tell(node, "SELECT group_replication_switch_to_multi_primary_mode()").await?;
    // Where it panics too.
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    tell(node, "SELECT group_replication_switch_to_single_primary_mode(@@server_uuid)").await?;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}
