//! An empty database for one test.

use std::sync::atomic::{AtomicU32, Ordering};

use orm_core::prelude::*;
use tempfile::TempDir;

use crate::{Outcome, Server};

/// An empty database, with a `Db` that is connected to it. It is gone when the test is over.
#[derive(Debug)]
pub struct Fixture {
    /// The database.
    pub db: Db,
    url: String,
    server: Server,
    _folder: Option<TempDir>,
}

impl Fixture {
    /// Makes an empty database on this server and runs the test on it.
    ///
    /// # Errors
    /// Where the server cannot be reached, or the test fails.
    pub async fn run(server: &Server, test: impl AsyncFnOnce(&Fixture) -> Outcome) -> Outcome {
        match server.url() {
            None => {
                let folder = tempfile::tempdir()?;
                let url = format!("sqlite://{}", folder.path().join("test.db").display());
                let fixture = Self::connect(server, url, Some(folder)).await?;
                let outcome = test(&fixture).await;
                fixture.db.close().await?;
                outcome
            }
            Some(base) => {
                let name = unique_name();
                let admin = Db::connect(base).await?;
                admin.execute(TrustedSql(format!("CREATE DATABASE {name}")), ()).await?;
                let mut url = url::Url::parse(base)?;
                url.set_path(&name);
                let outcome = async {
                    let fixture = Self::connect(server, url.into(), None).await?;
                    let outcome = test(&fixture).await;
                    fixture.db.close().await?;
                    outcome
                };
                let outcome = outcome.await;
                admin.execute(TrustedSql(format!("DROP DATABASE {name}")), ()).await?;
                admin.close().await?;
                outcome
            }
        }
    }

    async fn connect(server: &Server, url: String, folder: Option<TempDir>) -> Result<Self, Error> {
        let db = Db::connect(&url).await?;
        Ok(Self { db, url, server: server.clone(), _folder: folder })
    }

    /// The URL of this test's database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server that it is on.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Options for a further `Db` on the same database.
    pub fn options(&self) -> DbOptions {
        DbOptions::new(&self.url)
    }

    /// Whether this is SQLite: for the few behaviours that a capability excludes. Say the reason beside each use.
    pub fn is_sqlite(&self) -> bool {
        self.server.is_sqlite()
    }
}

/// A name that no other test of this or another run has.
fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("orm_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
