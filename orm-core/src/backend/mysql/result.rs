//! Results, row by row.

use std::pin::pin;

use mysql_async::prelude::Protocol;
use mysql_async::{Column, Error as DriverFailure, QueryResult};

use super::guard::Whose;
use super::value::RowCells;
use crate::driver::{Flow, RowSink, awaiting_rows, give_way};
use crate::error::Result;

/// Who gets the rows.
pub(super) struct Reader<'s> {
    pub(super) sink: &'s mut dyn RowSink,
    /// Whether it got anything.
    pub(super) gave_rows: bool,
    pub(super) whose: &'s Whose,
}

/// Reads the rows of a result to their end, the sink's error (and the rest of the rows) notwithstanding.
#[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for its arguments twice")]
pub(super) fn read<P: Protocol>(
    result: &mut QueryResult<'_, 'static, P>,
    reader: &mut Reader<'_>,
    text_protocol: bool,
) -> impl Future<Output = Result<Result<()>, DriverFailure>> + Send {
    async move {
        let mut outcome = Ok(());
        if reader.sink.wants_columns() && !result.columns_ref().is_empty() {
            let names: Vec<_> = result.columns_ref().iter().map(Column::name_str).collect();
            let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            reader.gave_rows = true;
            outcome = reader.whose.callers(|| reader.sink.columns(&names));
        }
        // Not a stream, whose every row is a boxed future.
        loop {
            // In a block of its own, else it would be kept while the sink pauses.
            let next = {
                let next = pin!(result.next());
                awaiting_rows(next, || reader.sink.waits()).await?
            };
            let Some(mut row) = next else { break };
            if outcome.is_err() {
                continue;
            }
            reader.gave_rows = true;
            let mut flow = Flow::Continue;
            reader.whose.callers(|| match reader.sink.row(&mut RowCells::new(&mut row, text_protocol)) {
                Ok(next) => flow = next,
                Err(error) => outcome = Err(error),
            });
            if matches!(flow, Flow::Pause) {
                give_way().await;
            }
        }
        Ok(outcome)
    }
}
