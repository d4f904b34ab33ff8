//! A second connection that looks at what is left of others.

use std::fmt;
use std::time::Duration;

use orm_core::prelude::*;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use url::Url;

use crate::Outcome;

/// How long something may be left before that is an error.
const CAP: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);
/// `innodb_trx` is a copy that InnoDB makes anew only when nobody has read it for a tenth of a second.
const COPY_STAYS: Duration = Duration::from_millis(120);
/// The last time that somebody of this process read it.
static LAST_COPY: Mutex<Option<Instant>> = Mutex::const_new(None);

/// Looks at one database over a connection of its own. On a server that connection is in no database, so it never sees itself.
#[derive(Debug)]
pub struct Observer {
    db: Db,
    /// `None` on SQLite, which is no server.
    database: Option<String>,
}

/// What goes on in a database of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// The connections with an open transaction that has done something, by their number.
    pub transactions: Vec<u64>,
    /// All connections, by their number.
    pub connections: Vec<u64>,
    /// What those that are not idle do.
    pub busy: Vec<String>,
}

impl Activity {
    fn is_quiet(&self, most: usize) -> bool {
        self.transactions.is_empty() && self.busy.is_empty() && self.connections.len() <= most
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { transactions, connections, busy } = self;
        write!(f, "transactions of {transactions:?}, connections {connections:?}, busy {busy:?}")
    }
}

impl Observer {
    /// An observer of the database at this URL.
    ///
    /// # Errors
    /// Where it cannot be reached.
    pub async fn of(url: &str) -> Outcome<Self> {
        let mut url = Url::parse(url)?;
        let database = match url.scheme() {
            "sqlite" => None,
            _ => Some(url.path().trim_start_matches('/').to_owned()),
        };
        if database.is_some() {
            url.set_path("");
        }
        let db = DbOptions::new(url).max_connections(1).connect().await?;
        Ok(Self { db, database })
    }

    /// Waits until no transaction is open, no thread is busy, and no more connections than `most` are there. On SQLite until the
    /// write lock can be had.
    ///
    /// # Errors
    /// What is left after ten seconds.
    pub async fn wait_until_quiet(&self, most: usize) -> Outcome {
        if self.database.is_none() {
            return self.write_lock_is_free().await;
        }
        let started = Instant::now();
        loop {
            let seen = self.activity().await?;
            if seen.is_quiet(most) {
                return Ok(());
            }
            if started.elapsed() > CAP {
                return Err(format!("left after {CAP:?}, of {most} connections: {seen}").into());
            }
            sleep(PAUSE).await;
        }
    }

    async fn write_lock_is_free(&self) -> Outcome {
        // BEGIN IMMEDIATE.
        let begun = timeout(CAP, self.db.begin()).await.map_err(|_| "the write lock is taken")?;
        begun.map_err(|error| format!("the write lock cannot be had: {error}"))?.rollback().await?;
        Ok(())
    }

    /// What goes on now. Of SQLite nothing is known.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub async fn activity(&self) -> Outcome<Activity> {
        let Some(database) = &self.database else { return Ok(Activity::default()) };
        let transactions = self.transactions(database).await?;
        let threads: Vec<(u64, String, Option<String>, Option<String>)> = self
            .db
            .query_as(
                "SELECT id, command, state, info FROM information_schema.processlist WHERE db = ?",
                (database.as_str(),),
            )
            .await?;
        let connections = threads.iter().map(|thread| thread.0).collect();
        let busy =
            threads.into_iter().filter(|thread| thread.1 != "Sleep").map(|(id, command, state, info)| {
                format!("{id}: {command}, {}: {}", state.unwrap_or_default(), info.unwrap_or_default())
            });
        Ok(Activity { transactions, connections, busy: busy.collect() })
    }

    async fn transactions(&self, database: &str) -> Result<Vec<u64>, Error> {
        let mut last = LAST_COPY.lock().await;
        if let Some(last) = *last {
            sleep_until(last + COPY_STAYS).await;
        }
        let seen = self
            .db
            .query_as(
                "SELECT p.id FROM information_schema.innodb_trx t \
                 JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE p.db = ?",
                (database,),
            )
            .await;
        *last = Some(Instant::now());
        seen
    }

    /// The connections that are there, by their number.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub async fn connections(&self) -> Result<Vec<u64>, Error> {
        let Some(database) = &self.database else { return Ok(Vec::new()) };
        self.db
            .query_as("SELECT id FROM information_schema.processlist WHERE db = ?", (database.as_str(),))
            .await
    }

    /// Ends the connection of this number, if it is still there.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub async fn kill(&self, connection: u64) -> Result<(), Error> {
        const NO_SUCH_THREAD: u32 = 1094;
        match self.db.execute(TrustedSql(format!("KILL CONNECTION {connection}")), ()).await {
            Err(error) if error.code() != Some(NO_SUCH_THREAD) => Err(error),
            _ => Ok(()),
        }
    }

    /// How many statements are prepared on the server now, all its connections together.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub async fn prepared_statements(&self) -> Outcome<u64> {
        self.status("SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'").await
    }

    /// How many statements the server has prepared since it started.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub async fn prepares(&self) -> Outcome<u64> {
        self.status("SHOW GLOBAL STATUS LIKE 'Com_stmt_prepare'").await
    }

    async fn status(&self, sql: &'static str) -> Outcome<u64> {
        let rows: Vec<(String, String)> = self.db.query_as(sql, ()).await?;
        let (_, value) = rows.first().ok_or("the server has no such counter")?;
        Ok(value.parse()?)
    }

    /// Ends the observer's own connection.
    ///
    /// # Errors
    /// Those of `Db::close`.
    pub async fn close(self) -> Outcome {
        Ok(self.db.close().await?)
    }
}
