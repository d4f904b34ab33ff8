//! MySQL Router in front of the group: one address, behind which the primary changes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use libtest_mimic::Trial;
use orm_core::prelude::*;
use tests::Outcome;
use tests::bank::{Bank, Length};
use tests::cluster::run;
use tokio::time::Instant;

use crate::group::promote;
use crate::{Note, Servers, patient, port, port_of, trial, urls, wait_for};

pub(crate) fn trials(variable: &'static str) -> Vec<Trial> {
    vec![
        trial("router::it_leads_to_the_new_primary".into(), variable, it_leads_to_the_new_primary),
        trial("router::and_away_from_one_that_is_killed".into(), variable, and_away_from_one_that_is_killed),
    ]
}

/// Waits until the router knows one primary. The tests before these make several, and for as long as it has not looked again (`ttl`) it leads to
/// each of them in turn, and closes those connections once it has.
async fn settled(servers: &Servers) -> Outcome {
    wait_for("the router leads to one primary", async || {
        let mut ports = Vec::new();
        for _ in 0..3 {
            let options = DbOptions::new(&servers.in_database()[0]).max_connections(1);
            let Ok(db) = options.connect().await else { return Ok(false) };
            ports.push(db.transaction(async |tx| port(tx).await).await.ok());
            db.close().await?;
        }
        Ok(ports[0].is_some() && ports.iter().all(|port| *port == ports[0]))
    })
    .await
}

async fn it_leads_to_the_new_primary(servers: &Servers) -> Outcome {
    settled(servers).await?;
    let group = urls("GROUP_URLS")?;
    let db = DbOptions::new(&servers.in_database()[0]).max_connections(4).connect().await?;
    Note::sync(&db).await?;
    let mut written = 0;
    for number in [1, 2, 0] {
        // All connections of the pool lead to the one that was the primary.
        let open = futures_util::future::join_all((0..4).map(|_| db.begin())).await;
        open.into_iter().collect::<Result<Vec<_>, _>>()?;
        promote(&group[number]).await?;
        let at = db
            .retry_transaction(patient(), async |tx| {
                Note::build().text(format!("under {number}")).save(tx).await?;
                port(tx).await
            })
            .await?;
        assert_eq!(at, port_of(&group[number]));
        for _ in 0..8 {
            Note::build().text("without a retry").save(&db).await?;
        }
        written += 9;
        assert_eq!(Note::find().count(&db).await?, written);
    }
    db.close().await?;
    Ok(())
}

async fn and_away_from_one_that_is_killed(servers: &Servers) -> Outcome {
    let group = urls("GROUP_URLS")?;
    let options = DbOptions::new(&servers.in_database()[0]).max_connections(4);
    let db = options.statement_timeout(Duration::from_secs(30)).connect().await?;
    let bank = Arc::new(Bank::new(&db, 6, 4).await?.retrying(patient()));
    let old = db.transaction(async |tx| port(tx).await).await?;
    let node = group.iter().position(|url| port_of(url) == old).ok_or("an unknown node")?;
    let node = (node + 1).to_string();
    let stop = Arc::default();
    let running = {
        let (bank, db, stop) = (Arc::clone(&bank), db.clone(), Arc::clone(&stop));
        tokio::spawn(async move { bank.run(&db, 4, Length::Until(stop)).await })
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    run(&["kill", "group", &node]).await?;
    let killed = Instant::now();
    let after =
        wait_for("a transfer after that", async || Ok(bank.acknowledged_after(killed).is_some())).await;
    run(&["restart", "group", &node]).await?;
    stop.store(true, Ordering::Relaxed);
    let report = running.await??;
    after?;
    assert!(report.went_well(), "{report:?}");
    assert_ne!(db.transaction(async |tx| port(tx).await).await?, old);
    bank.verify(&db).await?;
    db.close().await?;
    Ok(())
}
