//! Promises of reliability, tried for minutes on servers that are killed, frozen and cut off. `scripts/soak` runs it.
//!
//! `soak [--minutes N] [--seed S] [scenario names]`: all scenarios take about 15 minutes together, which `--minutes` scales. At the
//! end comes a Markdown table. It exits with 1 if any verdict is not `ok`.

mod cluster;
mod crashes;
mod cuts;
mod group;
mod locks;
mod place;
mod plan;
mod pools;
mod replicas;
mod report;
mod wire;

use std::process::ExitCode;

use tests::Outcome;

use cluster::Cluster;
use plan::Plan;
use report::{Found, Table};

/// The scenarios, and what each runs on.
const SCENARIOS: &[(&str, &[&str])] = &[
    ("restart", &["lone-mysql", "lone-mariadb"]),
    ("frozen", &["lone-mysql", "lone-mariadb"]),
    ("pool", &["sqlite", "lone-mysql", "lone-mariadb"]),
    ("cuts", &["sqlite", "lone-mysql", "lone-mariadb"]),
    ("kills", &["lone-mysql", "lone-mariadb"]),
    ("deadlocks", &["lone-mysql", "lone-mariadb"]),
    ("bytes", &["lone-mysql", "lone-mariadb"]),
    ("idle", &["lone-mysql", "lone-mariadb"]),
    ("lock-wait", &["lone-mysql", "lone-mariadb"]),
    ("nonsense", &["lone-mysql", "lone-mariadb"]),
    ("replicas", &["mysql", "mariadb"]),
    ("own-writes", &["mysql", "mariadb"]),
    ("switch", &["group"]),
    ("failover", &["group", "galera"]),
    ("frozen-primary", &["group", "galera"]),
    ("quorum", &["group", "galera"]),
    ("conflicts", &["group", "galera"]),
];

async fn scenario(name: &str, cluster: &Cluster, plan: &Plan) -> Outcome<Found> {
    match name {
        "restart" => crashes::restart(cluster, plan).await,
        "frozen" => crashes::frozen(cluster, plan).await,
        "pool" => pools::crowd(cluster, plan).await,
        "cuts" => cuts::cuts(cluster, plan).await,
        "kills" => cuts::kills(cluster, plan).await,
        "deadlocks" => locks::deadlocks(cluster, plan).await,
        "lock-wait" => locks::lock_wait(cluster, plan).await,
        "bytes" => wire::bytes(cluster, plan).await,
        "idle" => wire::idle(cluster, plan).await,
        "nonsense" => wire::nonsense(cluster, plan).await,
        "replicas" => replicas::rotation(cluster, plan).await,
        "own-writes" => replicas::own_writes(cluster, plan).await,
        "failover" => group::failover(cluster, plan).await,
        "switch" => group::switch(cluster, plan).await,
        "frozen-primary" => group::frozen_primary(cluster, plan).await,
        "quorum" => group::quorum(cluster, plan).await,
        "conflicts" => group::conflicts(cluster, plan).await,
        other => Err(format!("no scenario is called {other}").into()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let names: Vec<&str> = SCENARIOS.iter().map(|(name, _)| *name).collect();
    let (plan, chosen) = match Plan::of(std::env::args().skip(1), &names) {
        Ok(given) => given,
        Err(error) => {
            eprintln!("{error}\nsoak [--minutes N] [--seed S] [scenarios: {}]", names.join(" "));
            return ExitCode::from(2);
        }
    };
    println!("seed {}, {} minutes", plan.seed, plan.minutes);
    let runs: Vec<(&str, &str)> = SCENARIOS
        .iter()
        .filter(|(name, _)| chosen.is_empty() || chosen.iter().any(|one| one == name))
        .flat_map(|(name, servers)| servers.iter().map(|server| (*name, *server)))
        .collect();
    let mut table = Table::default();
    for (at, (name, server)) in runs.iter().enumerate() {
        let found = match Cluster::start(server).await {
            Ok(cluster) => {
                let found = tokio::time::timeout(plan.patience(), scenario(name, &cluster, &plan)).await;
                found.unwrap_or_else(|_| Err("it does not end".into()))
            }
            Err(error) => Err(error),
        };
        println!("{}", table.add(name, server, found));
        // As few servers at a time as there can be.
        if !runs[at + 1..].iter().any(|(_, next)| next == server) {
            Cluster::stop(server).await;
        }
    }
    println!("\n{table}\nseed {}", plan.seed);
    if table.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
