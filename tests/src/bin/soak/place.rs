//! An empty database for one scenario, and what the scenarios do there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use orm_core::prelude::*;
use tempfile::TempDir;
use tests::Outcome;
use tests::bank::{Bank, Length, Report};
use tests::observer::Observer;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use crate::cluster::Cluster;
use crate::report::Found;

/// How long anything may take to be well again.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A database of its own on a cluster.
#[derive(Debug)]
pub(crate) struct Place {
    name: String,
    urls: Vec<String>,
    is_group: bool,
    _folder: Option<TempDir>,
}

impl Place {
    /// Makes one. It is made on the writer; the other nodes follow.
    pub(crate) async fn on(cluster: &Cluster) -> Outcome<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("orm_soak_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        if cluster.urls().is_empty() {
            let folder = tempfile::tempdir()?;
            let url = format!("sqlite://{}", folder.path().join("soak.db").display());
            return Ok(Self { name, urls: vec![url], is_group: false, _folder: Some(folder) });
        }
        let is_group = cluster.is_group();
        let admin =
            if is_group { DbOptions::cluster(cluster.urls()) } else { DbOptions::new(&cluster.urls()[0]) };
        let admin = admin.connect().await?;
        admin.execute(TrustedSql(format!("CREATE DATABASE {name}")), ()).await?;
        admin.close().await?;
        let mut urls = Vec::new();
        for url in cluster.urls() {
            let mut url = Url::parse(url)?;
            url.set_path(&name);
            urls.push(url.into());
        }
        Ok(Self { name, urls, is_group, _folder: None })
    }

    /// The database, on each node.
    pub(crate) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The database on the only node, or on the first.
    pub(crate) fn url(&self) -> &str {
        &self.urls[0]
    }

    /// Options for a `Db` on it.
    pub(crate) fn options(&self) -> DbOptions {
        if self.is_group { DbOptions::cluster(&self.urls) } else { DbOptions::new(self.url()) }
    }

    /// Waits until nothing of the others is left on the only node.
    pub(crate) async fn wait_until_quiet(&self, connections: usize) -> Outcome {
        let observer = Observer::of(self.url()).await?;
        observer.wait_until_quiet(connections).await?;
        observer.close().await
    }

    /// Counts the money and compares the ledger, over connections that nothing happened to.
    pub(crate) async fn verify(&self, bank: &Bank, found: &mut Found) -> Outcome {
        let db = self.options().connect().await?;
        found.books(bank.verify(&db).await);
        Ok(db.close().await?)
    }

    /// Removes it, as far as its servers let it.
    pub(crate) async fn remove(self) {
        if self.urls[0].starts_with("sqlite") {
            return;
        }
        if let Ok(db) = self.options().connect().await {
            let _ = db.execute(TrustedSql(format!("DROP DATABASE {}", self.name)), ()).await;
            let _ = db.close().await;
        }
    }
}

/// A bank that is open until it is told to close.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    running: JoinHandle<Outcome<Report>>,
}

impl Load {
    /// Lets that many tasks transfer, again and again.
    pub(crate) fn on(bank: &Arc<Bank>, db: &Db, tasks: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (bank, db, until) = (Arc::clone(bank), db.clone(), Arc::clone(&stop));
        let running = tokio::spawn(async move { bank.run(&db, tasks, Length::Until(until)).await });
        Self { stop, running }
    }

    /// Ends it after the transfers that are under way.
    pub(crate) async fn end(self) -> Outcome<Report> {
        self.stop.store(true, Ordering::Relaxed);
        timeout(PATIENCE, self.running).await.map_err(|_| "transfers hang")??
    }
}

/// Asks a server again and again for a small write, over connections of its own, and remembers since when it takes them.
pub(crate) struct Watch {
    since: Arc<std::sync::Mutex<Option<Instant>>>,
    task: AbortHandle,
}

impl Watch {
    /// Watches the node at this URL, from now on.
    pub(crate) fn over(url: &str) -> Self {
        let (since, url) = (Arc::new(std::sync::Mutex::new(None)), url.to_owned());
        let seen = Arc::clone(&since);
        let task = tokio::spawn(async move {
            let limit = Duration::from_millis(500);
            loop {
                let options = DbOptions::new(&url).max_connections(1).connect_timeout(limit);
                if let Ok(db) = options.statement_timeout(limit).connect().await {
                    // Always another value: to write what is there already is nothing that the nodes would have to agree on.
                    let write = "REPLACE INTO watched (id, written) VALUES (1, SYSDATE(6))";
                    let wrote = db.execute(write, ()).await.is_ok();
                    if wrote {
                        *seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
                            Some(Instant::now());
                        let _ = db.close().await;
                        return;
                    }
                    let _ = db.close().await;
                }
                sleep(Duration::from_millis(20)).await;
            }
        });
        Self { since, task: task.abort_handle() }
    }

    /// Makes the table that is written to.
    pub(crate) async fn prepare(db: &Db) -> Outcome {
        db.execute("CREATE TABLE watched (id BIGINT PRIMARY KEY, written DATETIME(6))", ()).await?;
        Ok(())
    }

    /// Since when it takes writes.
    pub(crate) fn since(&self) -> Option<Instant> {
        *self.since.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Waits until there is something, for so long.
pub(crate) async fn wait_for<T>(
    what: &str,
    most: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> Outcome<T> {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return Ok(seen);
        }
        if begun.elapsed() > most {
            return Err(format!("not within {most:?}: {what}").into());
        }
        sleep(Duration::from_millis(10)).await;
    }
}
