//! Reading what one has written, from replicas that may be behind.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::session::Session;
use crate::driver::{Cells, Flow, RowSink, Statement};
use crate::error::Result;
use crate::sql::Dialect;
use crate::value::Value;

/// Up to where a handle has written.
#[derive(Debug)]
pub(super) struct Written {
    patience: Duration,
    /// What the server said after the last write; empty where it does not know.
    position: Mutex<Option<String>>,
}

impl Written {
    pub(super) fn new(patience: Duration) -> Self {
        Self { patience, position: Mutex::new(None) }
    }

    /// Asks up to where a replica has to come, on the connection that has just written.
    pub(super) async fn note(&self, dialect: &dyn Dialect, session: &mut Session) {
        let mut answer = First::default();
        // Where there is no answer, the primary reads from now on.
        if let Some(sql) = dialect.written_sql()
            && session.run(Statement::Text(sql), Vec::new(), &mut answer).await.is_err()
        {
            answer = First::default();
        }
        let position = match answer.0 {
            Some(Value::Text(text)) => text.into_owned(),
            Some(Value::Bytes(bytes)) => String::from_utf8(bytes.into_owned()).unwrap_or_default(),
            _ => String::new(),
        };
        *self.position.lock().unwrap_or_else(PoisonError::into_inner) = Some(position);
    }

    /// Waits until the replica at this connection has it, and says whether it does.
    ///
    /// # Errors
    /// Where the replica does not answer.
    pub(super) async fn is_there(&self, dialect: &dyn Dialect, session: &mut Session) -> Result<bool> {
        let position = self.position.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(position) = position else { return Ok(true) };
        let Some(sql) = dialect.wait_for_written_sql().filter(|_| !position.is_empty()) else {
            return Ok(false);
        };
        let params = vec![Value::Text(position.into()), Value::Double(self.patience.as_secs_f64())];
        let mut answer = First::default();
        session.run(Statement::Dynamic(sql), params, &mut answer).await?;
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
