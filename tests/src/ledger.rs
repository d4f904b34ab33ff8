//! A ledger: what was acknowledged is there exactly once, what failed is not, what is in doubt is there at most once.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use orm_core::error::Operation;
use orm_core::prelude::*;

use crate::Outcome;

/// A line of the ledger. Its key is not unique in the database, so that what was written twice shows.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "ledger_entries")]
pub struct Entry {
    /// Made by the database.
    pub id: u64,
    /// What the ledger calls it.
    #[model(index)]
    pub number: u64,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The database said that it is stored.
    Acknowledged,
    /// It was certainly not stored.
    Failed,
    /// Nobody knows.
    Doubtful,
}

impl Fate {
    /// After a statement of its own.
    pub fn of_statement<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Acknowledged,
            Err(Error::ConnectionLost(_) | Error::Timeout { operation: Operation::Statement, .. }) => {
                Self::Doubtful
            }
            Err(_) => Self::Failed,
        }
    }

    /// After a transaction.
    pub fn of_transaction<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Acknowledged,
            Err(Error::OutcomeUnknown) => Self::Doubtful,
            Err(_) => Self::Failed,
        }
    }
}

/// The keys that were written, and what became of each.
#[derive(Debug, Default)]
pub struct Ledger {
    fates: Mutex<BTreeMap<u64, Fate>>,
}

impl Ledger {
    /// An empty ledger. Makes its table.
    ///
    /// # Errors
    /// Those of the statement.
    pub async fn new(db: &Db) -> Result<Self, Error> {
        Entry::sync(db).await?;
        Ok(Self::default())
    }

    /// A key that was never used, in doubt until its fate is told.
    pub fn next(&self) -> u64 {
        let mut fates = self.fates();
        let key = fates.last_key_value().map_or(1, |(last, _)| last + 1);
        fates.insert(key, Fate::Doubtful);
        key
    }

    /// Writes a key with a statement of its own. Dropped half-way, it stays in doubt.
    ///
    /// # Errors
    /// Those of the statement.
    pub async fn append(&self, db: &Db, key: u64) -> Result<(), Error> {
        self.fates().insert(key, Fate::Doubtful);
        let result = Self::write(db, key).await;
        self.settle(key, Fate::of_statement(&result));
        result
    }

    /// Writes a key as part of something larger, whose fate has to be told.
    ///
    /// # Errors
    /// Those of the statement.
    pub async fn write(executor: &impl Executor, key: u64) -> Result<(), Error> {
        Entry::build().number(key).save(executor).await.map(drop)
    }

    /// Tells what became of a key.
    pub fn settle(&self, key: u64, fate: Fate) {
        self.fates().insert(key, fate);
    }

    /// How many keys have this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.fates().values().filter(|known| **known == fate).count()
    }

    /// Compares with what is in the database, once nothing runs any more.
    ///
    /// # Errors
    /// Every key that is there more or less often than it may be.
    pub async fn verify(&self, db: &Db) -> Outcome {
        let rows: Vec<(u64, u64)> =
            db.query_as("SELECT number, COUNT(*) FROM ledger_entries GROUP BY number", ()).await?;
        let mut found: BTreeMap<u64, u64> = rows.into_iter().collect();
        let mut wrong = Vec::new();
        for (key, fate) in self.fates().iter() {
            let times = found.remove(key).unwrap_or(0);
            let right = match fate {
                Fate::Acknowledged => times == 1,
                Fate::Failed => times == 0,
                Fate::Doubtful => times <= 1,
            };
            if !right {
                wrong.push(format!("{key} ({fate:?}) is there {times} times"));
            }
        }
        wrong.extend(found.keys().map(|key| format!("{key} was never written")));
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(format!("the ledger is wrong: {}", wrong.join(", ")).into())
        }
    }

    fn fates(&self) -> MutexGuard<'_, BTreeMap<u64, Fate>> {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
