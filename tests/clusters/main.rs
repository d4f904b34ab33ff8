//! What takes several servers: real replicas, a real group, with a router before it, and a real Galera. They come from `scripts/cluster`, by these variables; a test whose servers are not
//! there is shown as ignored.

use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use orm_core::db::Retry;
use orm_core::prelude::*;
use tests::Outcome;
use tokio::time::Instant;

mod galera;
mod group;
mod replicas;
mod router;
mod writers;

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: u64,
    text: String,
}

/// The servers of this variable.
fn urls(variable: &str) -> Outcome<Vec<String>> {
    Ok(std::env::var(variable)?.split(',').map(str::to_owned).collect())
}

/// As many attempts as it takes for the servers to go on, a minute at most.
fn patient() -> Retry {
    Retry::new(u32::MAX).within(Duration::from_secs(60)).lost_connections(true)
}

/// A source and its replicas, the source first; or the nodes of a group.
struct Servers {
    urls: Vec<String>,
    database: String,
}

impl Servers {
    /// Those of this variable, with a database of this test's own on each of them.
    async fn of(variable: &str, test: &str) -> Outcome<Self> {
        let servers = Self { urls: urls(variable)?, database: format!("orm_{test}_{}", std::process::id()) };
        servers.execute("CREATE").await?;
        for url in servers.in_database() {
            wait_for("the database has come to every server", async || match Db::connect(&url).await {
                Ok(db) => db.close().await.map(|()| true).map_err(Into::into),
                Err(_) => Ok(false),
            })
            .await?;
        }
        Ok(servers)
    }

    /// The URL of the test's database on each of them.
    fn in_database(&self) -> Vec<String> {
        self.urls.iter().map(|url| format!("{}{}", url, self.database)).collect()
    }

    async fn drop(self) -> Outcome {
        self.execute("DROP").await
    }

    /// Creates or drops the database, once there is a writer: the test before may have taken it away, and a router does not know at once who it is.
    async fn execute(&self, what: &str) -> Outcome {
        wait_for("there is a writer", async || {
            let Ok(writer) = DbOptions::cluster(self.urls.clone()).connect().await else { return Ok(false) };
            let done = writer.execute(TrustedSql(format!("{what} DATABASE {}", self.database)), ()).await;
            writer.close().await?;
            match done {
                Err(Error::ReadOnly(_)) => Ok(false),
                other => other.map(|_| true).map_err(Into::into),
            }
        })
        .await
    }
}

/// The port of the server that runs this transaction: which one that is.
async fn port(tx: &Transaction) -> Result<u64, Error> {
    Ok(tx.query_as("SELECT @@port", ()).await?.into_iter().next().unwrap_or_default())
}

fn port_of(url: &str) -> u64 {
    url::Url::parse(url).ok().and_then(|url| url.port()).unwrap_or_default().into()
}

/// Asks until the answer is yes; a minute at most, since the time that it takes is the servers' own.
async fn wait_for(what: &str, mut ask: impl AsyncFnMut() -> Outcome<bool>) -> Outcome {
    let begun = Instant::now();
    while !ask().await? {
        if begun.elapsed() > Duration::from_secs(60) {
            return Err(format!("after a minute it is still not so: {what}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn trial(
    name: String,
    variable: &'static str,
    test: impl AsyncFnOnce(&Servers) -> Outcome + Send + 'static,
) -> Trial {
    let is_there = std::env::var(variable).is_ok_and(|urls| !urls.is_empty());
    let label = name.rsplit("::").next().unwrap_or_default().to_owned();
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let outcome = runtime.block_on(async {
            let servers = Servers::of(variable, &label).await?;
            let outcome = test(&servers).await;
            servers.drop().await?;
            outcome
        });
        outcome.map_err(|error| error.to_string().into())
    };
    Trial::test(name, run).with_ignored_flag(!is_there)
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They stop and start servers that they share, or their replication.
    arguments.test_threads = Some(1);
    let mut trials = Vec::new();
    for (server, variable) in [("mysql", "MYSQL_REPLICATION"), ("mariadb", "MARIADB_REPLICATION")] {
        trials.extend(replicas::trials(server, variable));
    }
    trials.extend(group::trials("GROUP_URLS"));
    trials.extend(router::trials("ROUTER_URL"));
    trials.extend(galera::trials("GALERA_URLS"));
    libtest_mimic::run(&arguments, trials).exit_code()
}
