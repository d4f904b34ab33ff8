//! The statement log: one `tracing` event per statement, and lines on stdout as Sequelize prints them.

use std::io::Write as _;
use std::time::Instant;

use tracing::Level;

use crate::driver::{Done, ParamSource};
use crate::error::Result;

/// The target of the events.
const TARGET: &str = "orm_core::statement";

/// What is logged, and of whom.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) stdout: bool,
    pub(super) values: bool,
    pub(super) backend: &'static str,
}

/// One statement under way that somebody listens to.
pub(super) struct Record<'a> {
    sql: &'a str,
    transaction: Option<u64>,
    values: Option<String>,
    started: Instant,
}

impl Log {
    /// Whether anybody reads it.
    #[inline]
    pub(super) fn is_read(&self) -> bool {
        self.stdout || self.is_traced()
    }

    #[inline]
    fn is_traced(&self) -> bool {
        tracing::enabled!(target: TARGET, Level::DEBUG)
    }

    /// Starts the record of a statement; `None`, at the cost of two comparisons, where nobody listens.
    pub(super) fn start<'a>(
        &self,
        sql: &'a str,
        params: &dyn ParamSource,
        transaction: Option<u64>,
    ) -> Option<Record<'a>> {
        let is_traced = self.is_traced();
        if !(self.stdout || is_traced) {
            return None;
        }
        let values = (self.values && !params.is_empty()).then(|| listed(params));
        if self.stdout {
            let line = line(sql, transaction, values.as_deref());
            // A closed stdout is no reason for a statement to fail.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
        is_traced.then(|| Record { sql, transaction, values, started: Instant::now() })
    }

    /// Emits the event of a statement that has ended.
    pub(super) fn finish(&self, record: &Record<'_>, rows: u64, result: &Result<Done>) {
        let Record { sql, transaction, values, started } = record;
        let (backend, elapsed) = (self.backend, started.elapsed());
        match result {
            Ok(done) => tracing::event!(
                target: TARGET,
                Level::DEBUG,
                backend,
                transaction,
                sql,
                values = values.as_deref(),
                ?elapsed,
                affected = done.affected,
                rows,
            ),
            Err(error) => tracing::event!(
                target: TARGET,
                Level::DEBUG,
                backend,
                transaction,
                sql,
                values = values.as_deref(),
                ?elapsed,
                rows,
                %error,
            ),
        }
    }
}

/// The values, or why they are none.
fn listed(params: &dyn ParamSource) -> String {
    let mut values = Vec::with_capacity(params.len());
    match params.give(&mut values) {
        Ok(()) => format!("{values:?}"),
        Err(error) => error.to_string(),
    }
}

/// A line as Sequelize prints it.
fn line(sql: &str, transaction: Option<u64>, values: Option<&str>) -> String {
    let mut line = match transaction {
        Some(number) => format!("Executing (tx-{number}): {sql}"),
        None => format!("Executing (default): {sql}"),
    };
    if let Some(values) = values {
        line.push_str(" -- ");
        line.push_str(values);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn lines_look_like_those_of_sequelize() {
        assert_eq!(line("SELECT 1+1 AS result", None, None), "Executing (default): SELECT 1+1 AS result");
        assert_eq!(line("COMMIT", Some(7), None), "Executing (tx-7): COMMIT");
        assert_eq!(line("SELECT ?", None, Some("[Int(1)]")), "Executing (default): SELECT ? -- [Int(1)]");
    }
}
