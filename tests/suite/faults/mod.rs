//! What goes wrong between a program and its database, and what is left afterwards: nothing.

mod bank;
mod cancellation;
mod every_poll;
mod mutated;
mod network;
mod tools;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::try_join_all;
use orm_core::prelude::*;
use tests::Outcome;

use crate::check_eq;

/// The behaviours of all parts.
pub(crate) fn cases() -> Vec<crate::Case> {
    [tools::cases(), cancellation::cases(), network::cases(), mutated::cases(), bank::cases()]
        .into_iter()
        .flatten()
        .collect()
}

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many questions there are.
const QUESTIONS: u64 = 64;

/// A row that is known, so that the answer to another question would show.
#[derive(Model, Debug, Clone, PartialEq)]
struct Question {
    id: u64,
    answer: String,
}

/// Makes the questions.
async fn questions(db: &Db) -> Result<(), Error> {
    Question::sync(db).await?;
    Question::bulk_create(db, (1..=QUESTIONS).map(|n| Question::build().answer(format!("answer {n}"))))
        .await?;
    Ok(())
}

/// All connections of a pool answer at the same time, each its own question.
async fn serves(db: &Db, size: usize) -> Outcome {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let ask = || async {
        let id = 1 + NEXT.fetch_add(1, Ordering::Relaxed) % QUESTIONS;
        let question = Question::find_by_id(db, id).await?;
        check_eq!(question.map(|question| question.answer), Some(format!("answer {id}")));
        Outcome::Ok(())
    };
    in_time(try_join_all((0..size).map(|_| ask()))).await??;
    Ok(())
}

/// Fails where the future hangs.
async fn in_time<T>(future: impl Future<Output = T>) -> Outcome<T> {
    Ok(tokio::time::timeout(PATIENCE, future)
        .await
        .map_err(|_| format!("it hangs: not over after {PATIENCE:?}"))?)
}
