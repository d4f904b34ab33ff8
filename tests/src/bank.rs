//! A bank: transfers between accounts, whose total never changes.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use orm_core::db::Retry;
use orm_core::prelude::*;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Outcome;
use crate::cutter::cut;
use crate::ledger::{Fate, Ledger};

/// What is on each account at the beginning.
const START: i64 = 100;
/// A transfer that is given up is dropped at one of its first polls.
const POLLS: usize = 20;

/// An account.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bank_accounts")]
pub struct Account {
    /// Its number, from 1.
    pub id: u64,
    /// Never below zero.
    pub balance: i64,
}

/// There is not enough on the account.
#[derive(Debug)]
struct Poor;

impl fmt::Display for Poor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not enough on the account")
    }
}

impl std::error::Error for Poor {}

/// How long a bank is open.
#[derive(Debug, Clone)]
pub enum Length {
    /// For so many transfers, all tasks together.
    Transfers(u64),
    /// For so long.
    Time(Duration),
    /// Until this is set.
    Until(Arc<AtomicBool>),
}

/// A bank with its ledger, in which each transfer is one entry.
#[derive(Debug)]
pub struct Bank {
    accounts: u64,
    seed: u64,
    ledger: Ledger,
    /// One transfer of so many is given up half-way.
    given_up: Option<usize>,
    retry: Option<Retry>,
    /// When transfers were acknowledged.
    acknowledged: Mutex<Vec<Instant>>,
}

/// What became of the transfers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Committed.
    pub committed: u64,
    /// Rolled back by the closure's own error.
    pub refused: u64,
    /// Ended by the database, because of another transaction.
    pub conflicts: u64,
    /// Failed with their connection.
    pub lost: u64,
    /// Missed a deadline, be it that of the pool.
    pub late: u64,
    /// With a commit that was not answered.
    pub doubtful: u64,
    /// Given up half-way.
    pub given_up: u64,
    /// Failed with another error, which should not be.
    pub other: Vec<String>,
    /// How long the transfer took that took longest, be it that it failed.
    pub longest: Duration,
}

impl Bank {
    /// A new bank with that many accounts, two at least. Makes its tables.
    ///
    /// # Errors
    /// Those of the statements.
    pub async fn new(db: &Db, accounts: u64, seed: u64) -> Result<Self, Error> {
        Account::sync(db).await?;
        // Nodes that all take writes leave gaps between the ids that they make.
        Account::bulk_create(db, (1..=accounts).map(|id| Account::build().id(id).balance(START))).await?;
        let (ledger, acknowledged) = (Ledger::new(db).await?, Mutex::default());
        Ok(Self { accounts, seed, ledger, given_up: None, retry: None, acknowledged })
    }

    /// Lets one transfer of so many be dropped at a random poll.
    #[must_use]
    pub fn giving_up(mut self, one_of: usize) -> Self {
        self.given_up = Some(one_of);
        self
    }

    /// Lets each transfer be run again where that may help.
    #[must_use]
    pub fn retrying(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// When the first transfer was acknowledged after this moment.
    pub fn acknowledged_after(&self, moment: Instant) -> Option<Instant> {
        self.acknowledged().iter().copied().filter(|at| *at > moment).min()
    }

    fn acknowledged(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Lets that many tasks transfer at the same time.
    ///
    /// # Errors
    /// Where a task panicked.
    pub async fn run(self: &Arc<Self>, db: &Db, tasks: u64, length: Length) -> Outcome<Report> {
        let (count, started) = (Arc::new(AtomicU64::new(0)), Instant::now());
        let mut running = JoinSet::new();
        for task in 0..tasks {
            let (bank, db, count) = (Arc::clone(self), db.clone(), Arc::clone(&count));
            let length = length.clone();
            let mut random = fastrand::Rng::with_seed(self.seed.wrapping_add(task));
            running.spawn(async move {
                let mut report = Report::default();
                while match &length {
                    Length::Transfers(most) => count.fetch_add(1, Ordering::Relaxed) < *most,
                    Length::Time(most) => started.elapsed() < *most,
                    Length::Until(over) => !over.load(Ordering::Relaxed),
                } {
                    bank.step(&db, &mut random, &mut report).await;
                }
                report
            });
        }
        let mut total = Report::default();
        while let Some(report) = running.join_next().await {
            total.add(report?);
        }
        Ok(total)
    }

    /// One transfer, and what became of it.
    async fn step(&self, db: &Db, random: &mut fastrand::Rng, report: &mut Report) {
        let key = self.ledger.next();
        let polls = match self.given_up {
            Some(one_of) if random.usize(..one_of) == 0 => random.usize(1..=POLLS),
            _ => usize::MAX,
        };
        let begun = Instant::now();
        let result = cut(polls, self.transfer(db, random, key)).await;
        report.longest = report.longest.max(begun.elapsed());
        match result {
            None => report.given_up += 1,
            Some(result) => {
                if result.is_ok() {
                    self.acknowledged().push(Instant::now());
                }
                self.ledger.settle(key, Fate::of_transaction(&result));
                report.count(result);
            }
        }
    }

    /// Moves a random amount. The accounts are changed in a random order, so that transfers get in each other's way.
    async fn transfer(&self, db: &Db, random: &mut fastrand::Rng, key: u64) -> Result<(), Error> {
        let from = random.u64(1..=self.accounts);
        let to = 1 + (from - 1 + random.u64(1..self.accounts)) % self.accounts;
        let amount = random.i64(1..START);
        let mut changes = [(from, -amount), (to, amount)];
        if random.bool() {
            changes.reverse();
        }
        let work = async move |tx: &Transaction| {
            let account = |id: u64| Account::find().filter(Account::ID.eq(id));
            for (id, change) in changes {
                account(id).update(tx, Account::BALANCE.increment(change)).await?;
            }
            Ledger::write(tx, key).await?;
            let left = account(from).select(Account::BALANCE).one(tx).await?.unwrap_or(-1);
            if left < 0 { Err(Error::custom(Poor)) } else { Ok(()) }
        };
        match self.retry {
            Some(retry) => db.retry_transaction(retry, work).await,
            None => db.transaction(work).await,
        }
    }

    /// Counts the money and compares the ledger, once nothing runs any more.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn verify(&self, db: &Db) -> Outcome {
        let balances = Account::find().order_by(Account::ID).select(Account::BALANCE).all(db).await?;
        let total = START * i64::try_from(self.accounts)?;
        if balances.len() as u64 != self.accounts || balances.iter().sum::<i64>() != total {
            return Err(format!("{} accounts with {total} together are {balances:?}", self.accounts).into());
        }
        if balances.iter().any(|balance| *balance < 0) {
            return Err(format!("an account is below zero: {balances:?}").into());
        }
        self.ledger.verify(db).await
    }
}

impl Report {
    /// Whether there were transfers, and none failed for good.
    pub fn went_well(&self) -> bool {
        self.committed > 0 && self.other.is_empty() && (self.conflicts, self.lost, self.late) == (0, 0, 0)
    }

    fn count(&mut self, result: Result<(), Error>) {
        match result {
            Ok(()) => self.committed += 1,
            Err(Error::Custom(_)) => self.refused += 1,
            Err(Error::Conflict(_) | Error::LockTimeout(_)) => self.conflicts += 1,
            Err(Error::ConnectionLost(_) | Error::ConnectionRefused(_)) => self.lost += 1,
            Err(Error::Timeout { .. } | Error::PoolExhausted { .. }) => self.late += 1,
            Err(Error::OutcomeUnknown) => self.doubtful += 1,
            Err(other) => self.other.push(format!("{other:?}")),
        }
    }

    fn add(&mut self, other: Self) {
        self.committed += other.committed;
        self.refused += other.refused;
        self.conflicts += other.conflicts;
        self.lost += other.lost;
        self.late += other.late;
        self.doubtful += other.doubtful;
        self.given_up += other.given_up;
        self.other.extend(other.other);
        self.longest = self.longest.max(other.longest);
    }
}
