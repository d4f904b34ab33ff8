//! A network that cuts after every byte, connections that a server closes, and servers that say nonsense.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use orm_core::prelude::*;
use tests::Outcome;
use tests::fake::Fake;
use tests::ledger::{Entry, Fate, Ledger};
use tests::proxy::{Cut, Direction, Ending, Faults, Proxy};
use tests::stones;
use tokio::time::{Instant, sleep, timeout};

use crate::cluster::Cluster;
use crate::place::Place;
use crate::plan::Plan;
use crate::report::Found;

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// A bit of everything, on one connection. What fails is noted in the ledger.
async fn session(db: &Db, ledger: &Ledger) {
    let _ = ledger.append(db, ledger.next()).await;
    let key = ledger.next();
    let result = db
        .transaction(async |tx| {
            Ledger::write(tx, key).await?;
            Entry::find().limit(100).stream(tx).try_collect::<Vec<_>>().await
        })
        .await;
    ledger.settle(key, Fate::of_transaction(&result));
    let _ = Entry::find().limit(100).stream(db).try_collect::<Vec<_>>().await;
    let _ = ledger.append(db, ledger.next()).await;
}

/// Sessions with streams in them, cut after every few bytes of either direction.
pub(crate) async fn bytes(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let direct = place.options().connect().await?;
    let ledger = Ledger::new(&direct).await?;
    for _ in 0..100 {
        ledger.append(&direct, ledger.next()).await?;
    }
    let proxy = Proxy::to(place.url()).await?;
    let options = || {
        let deadline = Duration::from_secs(5);
        DbOptions::new(proxy.url()).max_connections(1).connect_timeout(deadline).statement_timeout(deadline)
    };
    let db = options().connect().await?;
    session(&db, &ledger).await;
    db.close().await?;
    let (traffic, wanted) = (proxy.traffic(), plan.share(1_500, 50));
    let mut found = Found::default();
    let (mut cuts, mut connected) = (0_u64, 0_u64);
    for (direction, bytes) in
        [(Direction::ToServer, traffic.to_server), (Direction::ToClient, traffic.to_client)]
    {
        let step = usize::try_from((bytes / wanted).max(1))?;
        for (n, after) in (0..bytes).step_by(step).enumerate() {
            let ending = if n % 2 == 0 { Ending::Close } else { Ending::Reset };
            proxy.set(Faults { cut: Some(Cut { direction, after, ending }), ..Faults::default() });
            let begun = Instant::now();
            let ran = async {
                let db = options().connect().await?;
                session(&db, &ledger).await;
                proxy.heal();
                // Whatever broke, the next call gets a connection that works.
                let first = ledger.append(&db, ledger.next()).await;
                db.close().await?;
                Ok::<_, Error>(first)
            };
            let ran = timeout(PATIENCE, ran).await.map_err(|_| format!("{direction:?} {after}: it hangs"))?;
            proxy.heal();
            cuts += 1;
            if let Ok(first) = ran {
                connected += 1;
                found.check(first.is_ok(), || {
                    format!("after {after} bytes {direction:?} by {ending:?}: {first:?}")
                });
            }
            found.took("session", begun.elapsed());
        }
    }
    found.tried.push(format!("{cuts} places of {} bytes", traffic.to_server + traffic.to_client));
    found.tried.push(format!("{connected} after connecting"));
    found.books(ledger.verify(&direct).await);
    direct.close().await?;
    place.wait_until_quiet(0).await?;
    place.remove().await;
    Ok(found)
}

/// Connections that the server has closed because nobody used them: whatever comes first afterwards succeeds.
pub(crate) async fn idle(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let admin = place.options().max_connections(1).connect().await?;
    let before = admin.query_as::<u64>("SELECT @@global.wait_timeout", ()).await?[0];
    admin.execute("SET GLOBAL wait_timeout = 1", ()).await?;
    let found = idle_calls(&place, plan).await;
    admin.execute(TrustedSql(format!("SET GLOBAL wait_timeout = {before}")), ()).await?;
    admin.close().await?;
    place.remove().await;
    found
}

async fn idle_calls(place: &Place, plan: &Plan) -> Outcome<Found> {
    let db = place.options().max_connections(3).min_connections(3).connect().await?;
    let ledger = Ledger::new(&db).await?;
    let rounds = plan.share(12, 4);
    let mut found = Found::tried(format!("{rounds} times"));
    for round in 0..rounds {
        sleep(Duration::from_millis(2_500)).await;
        let begun = Instant::now();
        let result = match round % 4 {
            0 => Entry::find().count(&db).await.map(drop),
            1 => ledger.append(&db, ledger.next()).await,
            2 => {
                let key = ledger.next();
                let result = db.transaction(async |tx| Ledger::write(tx, key).await).await;
                ledger.settle(key, Fate::of_transaction(&result));
                result
            }
            _ => Entry::find().stream(&db).try_collect::<Vec<_>>().await.map(drop),
        };
        found.took("first call", begun.elapsed());
        found.check(result.is_ok(), || format!("round {round}: {result:?}"));
    }
    found.books(ledger.verify(&db).await);
    db.close().await?;
    Ok(found)
}

/// Servers that say something like what a server says.
pub(crate) async fn nonsense(cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    let place = Place::on(cluster).await?;
    let db = place.options().connect().await?;
    let (script, _) = stones::record(&db, place.url()).await?;
    db.close().await?;
    let servers = plan.share(20_000, 300);
    let attempts = (0..servers).map(|n| {
        let (script, place) = (&script, &place);
        async move {
            let mut random = fastrand::Rng::with_seed(plan.seed.wrapping_add(n));
            let mut script = script.clone();
            let changes: Vec<String> = (0..random.usize(1..=3)).map(|_| script.mutate(&mut random)).collect();
            // A silent one costs its deadlines.
            script.stubborn = random.u8(..100) == 0;
            let fake = Fake::start(place.url(), script).await?;
            let (begun, url) = (Instant::now(), fake.url().to_owned());
            // A task of its own, so that a panic is only its own.
            let run = tokio::spawn(async move { timeout(PATIENCE, stones::session(&url)).await });
            let fault = match run.await {
                Err(error) => Some(format!("server {n}: {changes:?}: {error}")),
                Ok(Err(_)) => Some(format!("server {n}: {changes:?}: it hangs")),
                Ok(Ok(_)) => None,
            };
            Outcome::Ok((fault, begun.elapsed()))
        }
    });
    let mut found = Found::tried(format!("{servers} servers"));
    let mut all = futures_util::stream::iter(attempts).buffer_unordered(48);
    while let Some((fault, time)) = all.try_next().await? {
        found.took("session", time);
        found.faults.extend(fault);
    }
    drop(all);
    place.remove().await;
    Ok(found)
}
