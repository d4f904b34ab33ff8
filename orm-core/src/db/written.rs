//! Reading what one has written, from replicas that may be behind.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::session::{Limit, Session};
use crate::driver::{Cells, Flow, RowSink, Statement};
use crate::error::Result;
use crate::sql::Dialect;
use crate::value::Value;

/// How much later than asked for a replica may say that it has not come so far.
const SLACK: Duration = Duration::from_secs(1);

/// Up to where a handle has written.
#[derive(Debug)]
pub(super) struct Written {
    patience: Duration,
    /// How often the server was asked.
    asked: AtomicU64,
    position: Mutex<Position>,
}

/// What the server said, and to which question. Of those who write at the same time, whoever asked last was told of all.
#[derive(Debug, Default)]
struct Position {
    question: u64,
    /// Empty where the server does not know; `None` where nothing was written.
    text: Option<String>,
}

impl Written {
    pub(super) fn new(patience: Duration) -> Self {
        Self { patience, asked: AtomicU64::new(0), position: Mutex::default() }
    }

    /// Asks up to where a replica has to come, on the connection that has just written.
    pub(super) async fn note(&self, dialect: &dyn Dialect, session: &mut Session) {
        let question = 1 + self.asked.fetch_add(1, Ordering::Relaxed);
        let mut answer = First::default();
        if let Some(sql) = dialect.written_sql() {
            let outcome = match session.limit() {
                Ok(limit) => session.run(limit, Statement::Text(sql), &[], &mut answer).await,
                Err(late) => Err(late),
            };
            // Where there is no answer, the primary reads from now on.
            if outcome.is_err() {
                answer = First::default();
            }
        }
        let position = match answer.0 {
            Some(Value::Text(text)) => text.into_owned(),
            Some(Value::Bytes(bytes)) => String::from_utf8(bytes.into_owned()).unwrap_or_default(),
            _ => String::new(),
        };
        self.keep(question, position);
    }

    /// Keeps this answer, unless a later question was answered before.
    fn keep(&self, question: u64, answer: String) {
        let mut position = self.position();
        if question > position.question {
            *position = Position { question, text: Some(answer) };
        }
    }

    fn position(&self) -> MutexGuard<'_, Position> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the replica at this connection has it, and says whether it does.
    ///
    /// # Errors
    /// Where the replica does not answer.
    pub(super) async fn is_there(&self, dialect: &dyn Dialect, session: &mut Session) -> Result<bool> {
        let position = self.position().text.clone();
        let Some(position) = position else { return Ok(true) };
        let Some(sql) = dialect.wait_for_written_sql().filter(|_| !position.is_empty()) else {
            return Ok(false);
        };
        let params = [Value::Text(position.into()), Value::Double(self.patience.as_secs_f64())];
        let mut answer = First::default();
        let limit = Some(Limit::of(self.patience.saturating_add(SLACK)));
        session.run(limit, Statement::Dynamic(sql), &params, &mut answer).await?;
        Ok(matches!(answer.0, Some(Value::Int(0) | Value::UInt(0))))
    }
}

/// Keeps the first cell.
#[derive(Default)]
struct First(Option<Value<'static>>);

impl RowSink for First {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        self.0 = Some(cells.take(0).into_owned());
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_comes_late_takes_nothing_back() {
        let written = Written::new(Duration::ZERO);
        assert_eq!(written.position().text, None);
        written.keep(2, "1-2".to_owned());
        written.keep(1, "1".to_owned());
        assert_eq!(written.position().text.as_deref(), Some("1-2"));
        written.keep(3, String::new());
        assert_eq!(written.position().text.as_deref(), Some(""));
    }
}
