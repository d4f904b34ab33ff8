//! Several nodes that take writes at the same time, be they Galera's or a group's with several primaries.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::try_join_all;
use orm_core::db::Retry;
use orm_core::prelude::*;
use tests::Outcome;
use tests::bank::{Bank, Length};
use tokio::sync::Mutex;

use crate::{Note, Servers, patient, wait_for};

/// Waits until a table has come to every node.
pub(crate) async fn is_everywhere(servers: &Servers, table: &str) -> Outcome {
    for url in servers.in_database() {
        let node = Db::connect(&url).await?;
        let ask = TrustedSql(format!("SELECT COUNT(*) FROM {table}"));
        wait_for("the table has come to every node", async || {
            Ok(node.query_as::<u64>(ask.clone(), ()).await.is_ok())
        })
        .await?;
        node.close().await?;
    }
    Ok(())
}

/// The ids that `bulk_create` gives at each node, at the same time, are those that are stored. `step` is between two of one call, where they have one.
pub(crate) async fn ids_are_those_stored(servers: &Servers, step: Option<u64>) -> Outcome {
    const MANY: usize = 100;
    let nodes = try_join_all(servers.in_database().iter().map(Db::connect)).await?;
    Note::sync(&nodes[0]).await?;
    is_everywhere(servers, "notes").await?;
    let created = try_join_all(nodes.iter().enumerate().map(|(number, node)| async move {
        let texts = (0..MANY).map(|at| Note::build().text(format!("{at} of {number}")));
        Note::bulk_create(node, texts).await
    }))
    .await?;
    if let Some(step) = step {
        for notes in &created {
            assert!(notes.windows(2).all(|pair| pair[1].id == pair[0].id + step), "{notes:?}");
        }
    }
    let mut created = created.concat();
    created.sort_by_key(|note| note.id);
    assert_eq!(created.len(), MANY * nodes.len());
    for node in &nodes {
        wait_for("every node has the same rows", async || {
            Ok(Note::find().order_by(Note::ID).all(node).await? == created)
        })
        .await?;
        node.close().await?;
    }
    Ok(())
}

/// One of two transactions at two nodes that change the same row is refused, early or late, and run again where that was asked for.
pub(crate) async fn conflicts_are_run_again(servers: &Servers) -> Outcome {
    let urls = servers.in_database();
    let [one, other] = [Db::connect(&urls[0]).await?, Db::connect(&urls[1]).await?];
    Note::sync(&one).await?;
    let note = Note::build().text("new").save(&one).await?;
    is_everywhere(servers, "notes").await?;
    wait_for("the row is there", async || Ok(Note::find().count(&other).await? == 1)).await?;
    // Neither knows of the other before the first one commits.
    let change = async |tx: &Transaction, text: &'static str| {
        Note::find().filter(Note::ID.eq(note.id)).update(tx, Note::TEXT.set(text)).await
    };
    for late in [false, true] {
        let (first, second) = (one.begin().await?, other.begin().await?);
        change(&first, "of the first").await?;
        change(&second, "of the second").await?;
        first.commit().await?;
        let refused = if late {
            // The change has come there, and has ended the transaction before it asks for anything.
            wait_for("the change is there", async || {
                Ok(Note::find_by_id(&other, note.id).await?.is_some_and(|note| note.text == "of the first"))
            })
            .await?;
            // Not a count of all rows, after which MySQL 9.7 commits what it had rolled back (docs/12).
            let refused = Note::find_by_id(&second, note.id).await.map(drop);
            second.rollback().await?;
            refused
        } else {
            second.commit().await
        };
        assert!(matches!(&refused, Err(Error::Conflict(_))), "late: {late}: {refused:?}");
        let text = Note::find_by_id(&one, note.id).await?.map(|note| note.text);
        assert_eq!(text.as_deref(), Some("of the first"));
        change_back(&one, &note).await?;
        wait_for("the row is as it was", async || {
            Ok(Note::find_by_id(&other, note.id).await?.as_ref() == Some(&note))
        })
        .await?;
    }
    // With a closure that is run again, the second one goes on from what the first one left.
    let (attempts, first) = (AtomicU32::new(0), Mutex::new(Some(one.begin().await?)));
    other
        .retry_transaction(Retry::new(5), async |tx| {
            attempts.fetch_add(1, Ordering::Relaxed);
            change(tx, "of the second").await?;
            match first.lock().await.take() {
                Some(first) => {
                    change(&first, "of the first").await?;
                    first.commit().await
                }
                None => Ok(()),
            }
        })
        .await?;
    assert_eq!(attempts.into_inner(), 2);
    wait_for("the second one is the last", async || {
        Ok(Note::find_by_id(&one, note.id).await?.is_some_and(|note| note.text == "of the second"))
    })
    .await?;
    // In earnest: everybody changes the same rows, at two nodes.
    let bank = Arc::new(Bank::new(&one, 4, 1).await?.retrying(patient()));
    for table in ["bank_accounts", "ledger_entries"] {
        is_everywhere(servers, table).await?;
    }
    wait_for("the accounts are there", async || {
        let count: Vec<u64> = other.query_as("SELECT COUNT(*) FROM bank_accounts", ()).await?;
        Ok(count == [4])
    })
    .await?;
    let length = || Length::Transfers(300);
    let (report, another) = tokio::join!(bank.run(&one, 4, length()), bank.run(&other, 4, length()));
    for (report, db) in [(report?, &one), (another?, &other)] {
        assert!(report.went_well() && report.doubtful == 0, "{report:?}");
        // What was committed at the other one may still be on its way.
        wait_for("the books are right", async || Ok(bank.verify(db).await.is_ok())).await?;
        db.close().await?;
    }
    Ok(())
}

async fn change_back(db: &Db, note: &Note) -> Outcome {
    note.clone().save(db).await?;
    Ok(())
}
