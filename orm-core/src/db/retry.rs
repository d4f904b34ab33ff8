//! Transactions that are run again where the server rolled them back.

use std::time::Duration;

use tokio::time::Instant;

use super::backoff::doubled;
use super::pinned::Ended;
use super::{Db, Transaction, TransactionOptions};
use crate::error::{Error, Operation, Result};

/// The server's error for a lock that `nowait` did not wait for: whoever says that wants to know.
const NOT_WAITED: u32 = 3572;

/// How often a transaction is run again, and after which pauses.
///
/// ```
/// use std::time::Duration;
/// use orm_core::db::Retry;
///
/// let retry = Retry::new(10).within(Duration::from_secs(30)).pauses(Duration::from_millis(5), Duration::from_secs(2));
/// ```
#[doc(alias = "retry")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Retry {
    attempts: u32,
    within: Option<Duration>,
    first_pause: Duration,
    longest_pause: Duration,
    lost_connections: bool,
    options: TransactionOptions,
}

impl Retry {
    /// At most this many attempts in all, the first one included; never less than one. `u32::MAX` stands for as many as it takes, which wants
    /// [`Retry::within`].
    pub fn new(attempts: u32) -> Self {
        Self {
            attempts: attempts.max(1),
            within: None,
            first_pause: Duration::from_millis(10),
            longest_pause: Duration::from_secs(1),
            lost_connections: false,
            options: TransactionOptions::new(),
        }
    }

    /// No further attempt begins when this much time has passed since the first one began.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// The pauses between attempts: each is a random part of a time that begins with `first`, doubles, and is never more than `longest`. 10
    /// milliseconds and one second unless told.
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.first_pause, self.longest_pause) = (first, longest);
        self
    }

    /// Whether it is run again too where the connection was lost before the COMMIT was sent, as in a failover. The server rolls back then, but what
    /// the closure did elsewhere is done twice, so this is off unless asked for.
    pub fn lost_connections(mut self, yes: bool) -> Self {
        self.lost_connections = yes;
        self
    }

    /// What kind of transaction it is.
    pub fn options(mut self, options: TransactionOptions) -> Self {
        self.options = options;
        self
    }

    /// A random pause before the attempt of this number, the first being 1.
    fn pause(&self, attempt: u32) -> Duration {
        doubled(self.first_pause, attempt.saturating_sub(2), self.longest_pause).mul_f64(fastrand::f64())
    }

    /// Whether an attempt that failed like this has certainly left nothing behind, and may go better next time.
    fn is_worth_another(&self, error: &Error, ended: Option<Ended>) -> bool {
        match ended {
            // Whatever the closure made of the error.
            Some(Ended::Conflict) => true,
            Some(Ended::Lost) => self.lost_connections,
            Some(_) => false,
            None => match error {
                Error::Conflict(_) => true,
                Error::LockTimeout(lock) => lock.code != NOT_WAITED,
                Error::ReadOnly(_) => !self.options.begin.read_only || error.is_of_one_cut_off(),
                Error::ConnectionLost(_) => self.lost_connections,
                Error::Custom(own) => {
                    let mut source = Some(&**own as &(dyn std::error::Error + 'static));
                    while let Some(error) = source {
                        if let Some(ours) = error.downcast_ref::<Error>() {
                            return self.is_worth_another(ours, None);
                        }
                        source = error.source();
                    }
                    false
                }
                _ => false,
            },
        }
    }
}

impl Db {
    /// Runs the closure in a transaction, and again in a new one where the server has certainly rolled it back because of others: after a deadlock or
    /// another conflict, a lock that did not come free in time, a server that takes no writes (any more), and on request a connection that was lost
    /// before the COMMIT. Each attempt runs a clone of the closure, so it must not keep a `&mut` of what is outside.
    ///
    /// A COMMIT whose reply was lost is [`Error::OutcomeUnknown`] and never run again. Between attempts the transaction is rolled back and its
    /// connection free. Each further attempt is a `tracing` event of the target `orm_core::transaction`, level WARN, with its number.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm_core::Result<()> {
    /// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # Book::sync(&db).await?;
    /// use orm_core::db::Retry;
    ///
    /// # Book::build().title("Emma").save(&db).await?;
    /// let loans = db
    ///     .retry_transaction(Retry::new(5), async |tx| {
    ///         let book = Book::find().filter(Book::ID.eq(1)).lock_for_update().one(tx).await?;
    ///         let mut book = book.ok_or(Error::RecordNotFound { table: "books" })?;
    ///         book.loans += 1;
    ///         book.save(tx).await?;
    ///         Ok(book.loans)
    ///     })
    ///     .await?;
    /// assert_eq!(loans, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The last attempt's, as [`Db::transaction`]. An error of the application, [`Error::Custom`], ends it, unless one of the above is behind it
    /// as its source.
    pub async fn retry_transaction<T>(
        &self,
        retry: Retry,
        work: impl AsyncFnOnce(&Transaction) -> Result<T> + Clone,
    ) -> Result<T> {
        let begun = Instant::now();
        let mut attempt = 1;
        loop {
            let (error, again) = match self.attempt(&retry, work.clone()).await {
                Ok(value) => return Ok(value),
                Err(failed) => failed,
            };
            let in_time = retry.within.is_none_or(|time| begun.elapsed() < time);
            if !again || attempt >= retry.attempts || !in_time {
                return Err(error);
            }
            attempt += 1;
            tracing::warn!(
                target: "orm_core::transaction", attempt, attempts = retry.attempts, reason = %error,
                "the transaction is run again"
            );
            tokio::time::sleep(retry.pause(attempt)).await;
        }
    }

    /// One attempt. With its error comes whether there may be another.
    async fn attempt<T>(
        &self,
        retry: &Retry,
        work: impl AsyncFnOnce(&Transaction) -> Result<T>,
    ) -> Result<T, (Error, bool)> {
        let transaction = self.begin_with(retry.options).await.map_err(|error| {
            // Nothing was done yet.
            let again = match &error {
                // While the others look for a server, none of their connections comes free.
                Error::ConnectionRefused(_) | Error::ConnectionLost(_) | Error::PoolExhausted { .. } => {
                    retry.lost_connections
                }
                Error::Timeout { operation, .. } => {
                    *operation != Operation::Transaction && retry.lost_connections
                }
                other => retry.is_worth_another(other, None),
            };
            (error, again)
        })?;
        match transaction.perform(work).await {
            Ok(value) => transaction.commit().await.map(|()| value).map_err(|error| {
                let again = retry.is_worth_another(&error, None);
                (error, again)
            }),
            Err(error) => {
                let again = retry.is_worth_another(&error, transaction.ended());
                // Where this fails the connection is thrown away, which undoes it too; the closure's error says more.
                let _ = transaction.rollback().await;
                Err((error, again))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::DatabaseError;

    #[test]
    fn pauses_double_and_have_an_end() {
        let retry = Retry::new(50);
        for attempt in 2..50 {
            let most = Duration::from_millis(10 << (attempt - 2).min(7)).min(Duration::from_secs(1));
            assert!(retry.pause(attempt) <= most, "before attempt {attempt}");
        }
    }

    #[test]
    fn only_what_was_rolled_back_is_run_again() {
        let retry = Retry::new(5);
        let database = |code| DatabaseError::new(code, "", "");
        assert!(retry.is_worth_another(&Error::Conflict(database(1213)), None));
        assert!(retry.is_worth_another(&Error::LockTimeout(database(1205)), None));
        assert!(!retry.is_worth_another(&Error::LockTimeout(database(3572)), None));
        assert!(retry.is_worth_another(&Error::ReadOnly(database(1290)), None));
        assert!(!retry.is_worth_another(&Error::OutcomeUnknown, None));
        assert!(!retry.is_worth_another(&Error::ConnectionLost("".into()), Some(Ended::Lost)));
        assert!(retry.lost_connections(true).is_worth_another(&Error::Closed, Some(Ended::Lost)));
        // The closure may have made another error of the conflict, or put it into one of its own.
        assert!(retry.is_worth_another(&Error::custom("no luck"), Some(Ended::Conflict)));
        assert!(!retry.is_worth_another(&Error::custom("no luck"), None));
        assert!(retry.is_worth_another(&Error::custom(Error::Conflict(database(1213))), None));
        let read = retry.options(TransactionOptions::new().read_only());
        assert!(!read.is_worth_another(&Error::ReadOnly(database(1792)), None));
    }
}
