//! Results, row by row.

use std::future::poll_fn;
use std::task::Poll;

use mysql_async::prelude::Protocol;
use mysql_async::{Column, Error as DriverFailure, QueryResult};

use super::guard::Whose;
use super::value::RowCells;
use crate::driver::{Flow, RowSink};
use crate::error::Result;

/// Reads a result to its end, the sink's error (and the rest of the rows) notwithstanding, and notes whether the sink got anything.
pub(super) async fn read<P: Protocol>(
    mut result: QueryResult<'_, 'static, P>,
    sink: &mut dyn RowSink,
    gave_rows: &mut bool,
    whose: &Whose,
    text_protocol: bool,
) -> Result<Result<()>, DriverFailure> {
    let mut outcome = Ok(());
    if sink.wants_columns() && !result.columns_ref().is_empty() {
        let names: Vec<_> = result.columns_ref().iter().map(Column::name_str).collect();
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        *gave_rows = true;
        outcome = whose.callers(|| sink.columns(&names));
    }
    // Not a stream, whose every row is a boxed future.
    while let Some(mut row) = result.next().await? {
        if outcome.is_err() {
            continue;
        }
        *gave_rows = true;
        let mut flow = Flow::Continue;
        whose.callers(|| match sink.row(&mut RowCells::new(&mut row, text_protocol)) {
            Ok(next) => flow = next,
            Err(error) => outcome = Err(error),
        });
        if matches!(flow, Flow::Pause) {
            give_way().await;
        }
    }
    // A procedure has further results, which nobody asked for.
    result.drop_result().await?;
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
