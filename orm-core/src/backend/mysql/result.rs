//! Results, row by row.

use std::future::poll_fn;
use std::task::Poll;

use mysql_async::prelude::Protocol;
use mysql_async::{Column, Error as DriverFailure, QueryResult};

use super::guard::Whose;
use super::value::RowCells;
use crate::driver::{Flow, RowSink};
use crate::error::Result;

/// Who gets the rows.
pub(super) struct Reader<'s> {
    pub(super) sink: &'s mut dyn RowSink,
    /// Whether it got anything.
    pub(super) gave_rows: bool,
    pub(super) whose: &'s Whose,
}

/// Reads the rows of a result to their end, the sink's error (and the rest of the rows) notwithstanding.
pub(super) async fn read<P: Protocol>(
    result: &mut QueryResult<'_, 'static, P>,
    reader: &mut Reader<'_>,
    text_protocol: bool,
) -> Result<Result<()>, DriverFailure> {
    let mut outcome = Ok(());
    if reader.sink.wants_columns() && !result.columns_ref().is_empty() {
        let names: Vec<_> = result.columns_ref().iter().map(Column::name_str).collect();
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        reader.gave_rows = true;
        outcome = reader.whose.callers(|| reader.sink.columns(&names));
    }
    // Not a stream, whose every row is a boxed future.
    while let Some(mut row) = result.next().await? {
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

/// Lets whoever polls look at the rows once.
async fn give_way() {
    let mut gave = false;
    poll_fn(|context| {
        if gave {
            return Poll::Ready(());
        }
        gave = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
