//! Three nodes of Galera, which all take writes. The `Db` keeps to one of them, as long as that one works.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{join_all, try_join_all};
use libtest_mimic::Trial;
use orm_core::db::TransactionOptions;
use orm_core::prelude::*;
use tests::Outcome;
use tests::bank::{Bank, Length};
use tests::cluster::run;
use tests::ledger::{Fate, Ledger};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::writers::{conflicts_are_run_again, ids_are_those_stored, is_everywhere};
use crate::{Note, Servers, patient, port, port_of, trial, wait_for};

pub(crate) fn trials(variable: &'static str) -> Vec<Trial> {
    let name = |test: &str| format!("galera::{test}");
    vec![
        trial(name("one_node_is_enough"), variable, one_node_is_enough),
        // Each node has its own third of the numbers.
        trial(name("ids_are_those_stored"), variable, async |servers| {
            ids_are_those_stored(servers, Some(3)).await
        }),
        trial(name("conflicts_are_run_again"), variable, conflicts_are_run_again),
        trial(name("one_that_is_cut_off_is_left"), variable, one_that_is_cut_off_is_left),
        trial(name("what_is_under_way_is_in_doubt"), variable, what_is_under_way_is_in_doubt),
        trial(name("without_a_majority_nothing_is_lost"), variable, without_a_majority_nothing_is_lost),
        trial(name("one_that_is_slow_is_left_by_all"), variable, one_that_is_slow_is_left_by_all),
        trial(name("one_that_is_killed_is_left"), variable, one_that_is_killed_is_left),
    ]
}

/// Where all connections of a pool lead that are open at the same time.
async fn ports(db: &Db) -> Outcome<BTreeSet<u64>> {
    let open = try_join_all((0..db.pool_metrics().max).map(|_| db.begin())).await?;
    Ok(try_join_all(open.iter().map(port)).await?.into_iter().collect())
}

/// The only one of them.
async fn place(db: &Db) -> Outcome<u64> {
    match Vec::from_iter(ports(db).await?)[..] {
        [only] => Ok(only),
        ref many => Err(format!("connections lead to {many:?}").into()),
    }
}

async fn one_node_is_enough(servers: &Servers) -> Outcome {
    for turn in 0..servers.urls.len() {
        let mut urls = servers.in_database();
        urls.rotate_left(turn);
        let db = DbOptions::cluster(&urls).max_connections(6).connect().await?;
        // The first in the list, and no other.
        assert_eq!(place(&db).await?, port_of(&urls[0]));
        Note::sync(&db).await?;
        let note = Note::build().text(format!("turn {turn}")).save(&db).await?;
        assert_eq!(Note::find_by_id(&db, note.id).await?.as_ref(), Some(&note));
        db.close().await?;
    }
    for url in servers.in_database() {
        let node = Db::connect(&url).await?;
        wait_for("every node has every row", async || Ok(Note::find().count(&node).await? == 3)).await?;
        node.close().await?;
    }
    Ok(())
}

/// The way to nodes that are to be cut off, and to be let in again.
struct Network {
    nodes: Vec<Db>,
}

impl Network {
    async fn of(servers: &Servers) -> Outcome<Self> {
        Ok(Self { nodes: try_join_all(servers.urls.iter().map(Db::connect)).await? })
    }

    /// Lets a node hear nobody, or everybody again, and waits until it says so.
    async fn cut(&self, number: usize, off: bool) -> Outcome {
        let option =
            TrustedSql(format!("SET GLOBAL wsrep_provider_options = 'gmcast.isolate={}'", u8::from(off)));
        self.nodes[number].execute(option, ()).await?;
        Ok(())
    }

    /// Whether a node counts itself in.
    async fn is_in(&self, number: usize) -> Outcome<bool> {
        let rows: Vec<(String, String)> =
            self.nodes[number].query_as("SHOW GLOBAL STATUS LIKE 'wsrep_ready'", ()).await?;
        Ok(rows.first().is_some_and(|(_, value)| value == "ON"))
    }

    /// Runs this, and lets all nodes in again afterwards.
    async fn healed_after(self, work: impl AsyncFnOnce(&Self) -> Outcome) -> Outcome {
        // Where it panics too.
        let outcome = AssertUnwindSafe(work(&self)).catch_unwind().await;
        for number in 0..self.nodes.len() {
            self.cut(number, false).await?;
        }
        wait_for("all nodes are in", async || {
            for number in 0..self.nodes.len() {
                if !self.is_in(number).await? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await?;
        join_all(self.nodes.iter().map(Db::close)).await;
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

async fn one_that_is_cut_off_is_left(servers: &Servers) -> Outcome {
    let urls = servers.in_database();
    let db = DbOptions::cluster(&urls).max_connections(4).connect().await?;
    Note::sync(&db).await?;
    is_everywhere(servers, "notes").await?;
    let old = place(&db).await?;
    assert_eq!(old, port_of(&urls[0]));
    // Raw SQL may have changed their sessions: a reset finds the node out, which nothing else does.
    let open = try_join_all((0..4).map(|_| db.begin())).await?;
    try_join_all(open.into_iter().map(Transaction::rollback)).await?;
    let before = db.begin().await?;
    Network::of(servers)
        .await?
        .healed_after(async |network| {
            network.cut(0, true).await?;
            wait_for("the node knows that it is alone", async || Ok(!network.is_in(0).await?)).await?;
            // It refuses what is sent there, before that has any effect, so that it is sent to another one; reads too.
            assert_eq!(Note::find().count(&db).await?, 0);
            let refused = Note::build().text("refused").save(&before).await;
            assert!(matches!(&refused, Err(Error::ReadOnly(error)) if error.code == 1047), "{refused:?}");
            drop(before);
            // After the first refusal nothing goes there any more, and those who look for another node at the same time take the same one.
            let new = place(&db).await?;
            assert_ne!(new, old);
            for _ in 0..8 {
                Note::build().text("elsewhere").save(&db).await?;
            }
            assert_eq!(Note::find().count(&db).await?, 8);
            // Who comes now does not take it either, though it answers, and says that it is not for reading only.
            let late = DbOptions::cluster(&urls).connect().await?;
            assert_ne!(place(&late).await?, old);
            late.close().await?;
            let outcome = DbOptions::cluster([&urls[0], &urls[0]]).connect().await.map(drop);
            assert!(
                matches!(&outcome, Err(Error::ConnectionRefused(why)) if why.contains("it has lost its cluster")),
                "{outcome:?}"
            );
            // Nor do reads, where it is a replica.
            let reader = DbOptions::new(&urls[1]).replica(&urls[0]).connect().await?;
            for _ in 0..4 {
                assert_eq!(Note::find().count(&reader).await?, 8);
            }
            let read = TransactionOptions::new().read_only();
            let count = reader.retry_transaction(patient().options(read), async |tx| Note::find().count(tx).await);
            assert_eq!(count.await?, 8);
            reader.close().await?;
            // A closure that is run again notices nothing of it.
            let number = urls.iter().position(|url| port_of(url) == new).ok_or("an unknown node")?;
            network.cut(0, false).await?;
            wait_for("the first node is back", async || network.is_in(0).await).await?;
            network.cut(number, true).await?;
            wait_for("the second node knows that it is alone", async || Ok(!network.is_in(number).await?)).await?;
            let at = db
                .retry_transaction(patient(), async |tx| {
                    Note::build().text("run again").save(tx).await?;
                    port(tx).await
                })
                .await?;
            assert_ne!(at, new);
            assert_eq!(Note::find().count(&db).await?, 9);
            assert_eq!(place(&db).await?, at);
            Ok(())
        })
        .await?;
    db.close().await?;
    Ok(())
}

async fn what_is_under_way_is_in_doubt(servers: &Servers) -> Outcome {
    let urls = servers.in_database();
    let db = DbOptions::new(&urls[0]).max_connections(40).connect().await?;
    let ledger = Arc::new(Ledger::new(&db).await?);
    let mut writers = JoinSet::new();
    for writer in 0..40 {
        let (db, ledger) = (db.clone(), Arc::clone(&ledger));
        writers.spawn(async move {
            loop {
                let key = ledger.next();
                let (fate, error) = if writer % 2 == 0 {
                    let result = db.transaction(async |tx| Ledger::write(tx, key).await).await;
                    (Fate::of_transaction(&result), result.err())
                } else {
                    let result = Ledger::write(&db, key).await;
                    (Fate::of_statement(&result), result.err())
                };
                ledger.settle(key, fate);
                if let Some(error) = error {
                    return error;
                }
            }
        });
    }
    Network::of(servers)
        .await?
        .healed_after(async |network| {
            tokio::time::sleep(SHORTLY / 2).await;
            network.cut(0, true).await?;
            // They wait for the consent of the others, who may have got the transaction and carry it out.
            while let Some(error) = writers.join_next().await {
                let error = error?;
                assert!(
                    matches!(
                        error,
                        Error::OutcomeUnknown
                            | Error::ConnectionLost(_)
                            | Error::ConnectionRefused(_)
                            | Error::ReadOnly(_)
                    ),
                    "{error:?}"
                );
            }
            assert!(ledger.count(Fate::Acknowledged) > 0 && ledger.count(Fate::Doubtful) > 0, "{ledger:?}");
            Ok(())
        })
        .await?;
    let again = DbOptions::cluster(&urls).connect().await?;
    ledger.verify(&again).await?;
    again.close().await?;
    db.close().await?;
    Ok(())
}

async fn without_a_majority_nothing_is_lost(servers: &Servers) -> Outcome {
    let urls = servers.in_database();
    let options = DbOptions::cluster(&urls).max_connections(4).connect_timeout(Duration::from_secs(2));
    let db = options.statement_timeout(Duration::from_secs(30)).connect().await?;
    let bank = Arc::new(Bank::new(&db, 6, 2).await?.retrying(patient()));
    let stop = Arc::default();
    let running = {
        let (bank, db, stop) = (Arc::clone(&bank), db.clone(), Arc::clone(&stop));
        tokio::spawn(async move { bank.run(&db, 4, Length::Until(stop)).await })
    };
    let outcome = Network::of(servers)
        .await?
        .healed_after(async |network| {
            wait_for("a transfer", async || Ok(bank.acknowledged_after(Instant::now() - SHORTLY).is_some())).await?;
            network.cut(1, true).await?;
            network.cut(2, true).await?;
            wait_for("no node has a majority", async || {
                Ok(!network.is_in(0).await? && !network.is_in(1).await? && !network.is_in(2).await?)
            })
            .await?;
            let cut = Instant::now();
            let outcome = DbOptions::cluster(&urls).connect().await.map(drop);
            assert!(
                matches!(&outcome, Err(Error::ConnectionRefused(why)) if why.contains("no node takes writes")),
                "{outcome:?}"
            );
            tokio::time::sleep(SHORTLY).await;
            assert_eq!(bank.acknowledged_after(cut), None);
            Ok(())
        })
        .await;
    let healed = Instant::now();
    let after =
        wait_for("a transfer after that", async || Ok(bank.acknowledged_after(healed).is_some())).await;
    stop.store(true, Ordering::Relaxed);
    let report = running.await??;
    outcome.and(after)?;
    assert!(report.went_well(), "{report:?}");
    bank.verify(&db).await?;
    db.close().await?;
    Ok(())
}

const SHORTLY: Duration = Duration::from_secs(1);

async fn one_that_is_slow_is_left_by_all(servers: &Servers) -> Outcome {
    let urls = servers.in_database();
    let db = DbOptions::cluster(&urls).max_connections(4).connect().await?;
    let open = try_join_all((0..2).map(|_| db.begin())).await?;
    run(&["freeze", "galera", "1"]).await?;
    // Somebody cannot wait, and goes elsewhere.
    let another = db.begin().await;
    run(&["thaw", "galera", "1"]).await?;
    let new = port(&another?).await?;
    assert_ne!(new, port_of(&urls[0]));
    // Its connections work again, but what they read may be older than what was just written at the other one.
    for tx in open {
        tx.rollback().await?;
    }
    assert_eq!(place(&db).await?, new);
    db.close().await?;
    Ok(())
}

async fn one_that_is_killed_is_left(servers: &Servers) -> Outcome {
    let urls = servers.in_database();
    let db = DbOptions::cluster(&urls).max_connections(4).connect().await?;
    let bank = Arc::new(Bank::new(&db, 6, 3).await?.retrying(patient()));
    assert_eq!(place(&db).await?, port_of(&urls[0]));
    let stop = Arc::default();
    let running = {
        let (bank, db, stop) = (Arc::clone(&bank), db.clone(), Arc::clone(&stop));
        tokio::spawn(async move { bank.run(&db, 4, Length::Until(stop)).await })
    };
    tokio::time::sleep(SHORTLY / 2).await;
    run(&["kill", "galera", "1"]).await?;
    let killed = Instant::now();
    let after =
        wait_for("a transfer after that", async || Ok(bank.acknowledged_after(killed).is_some())).await;
    run(&["restart", "galera", "1"]).await?;
    stop.store(true, Ordering::Relaxed);
    let report = running.await??;
    after?;
    assert!(report.went_well(), "{report:?}");
    assert_ne!(place(&db).await?, port_of(&urls[0]));
    bank.verify(&db).await?;
    // It has got what it missed.
    let back = Db::connect(&urls[0]).await?;
    wait_for("the node has caught up", async || Ok(bank.verify(&back).await.is_ok())).await?;
    back.close().await?;
    db.close().await?;
    Ok(())
}
