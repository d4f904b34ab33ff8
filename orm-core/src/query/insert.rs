//! INSERT of one record.

use chrono::{NaiveDateTime, Utc};

use crate::db::{Call, CallStatement, Executor, Handle};
use crate::driver::{BoxFuture, Done, NoRows};
use crate::error::{Error, Mismatch, Result};
use crate::model::{Draft, Model, draft};
use crate::schema::Table;
use crate::sql::{Dialect, check, fixed};
use crate::value::Value;

/// The values of one record by column; `None` only for an id that the database is to generate.
pub(super) type Values = [Option<Value<'static>>];

/// The instant that managed columns get.
pub(super) fn now() -> NaiveDateTime {
    Utc::now().naive_utc()
}

/// Saves a draft: one INSERT. The record is made of the values that were sent and the id that came back.
///
/// This is what the `save` of a draft calls; a boxed future, since a bound that is not met would be reported twice by an `async fn`.
///
/// # Errors
/// [`Error::Encode`] where a value does not fit its column, before anything is sent; whatever the database says.
#[doc(hidden)]
pub fn insert<'db, M: Model, E: Executor + ?Sized>(draft: Draft<M>, db: &'db E) -> BoxFuture<'db, Result<M>> {
    let handle = db.handle();
    Box::pin(async move {
        let mut values = draft.complete(now())?;
        insert_values::<M>(handle, &mut values).await?;
        draft::record(&mut values)
    })
}

/// Sends one INSERT and fills the generated id in.
pub(super) async fn insert_values<M: Model>(handle: Handle<'_>, values: &mut Values) -> Result<()> {
    let table = M::TABLE;
    let id = table.auto_increment();
    let with_id = id.is_none_or(|id| values[id].is_some());
    let params = params(handle, table, values, with_id)?;
    let statements = M::statements();
    let fixed_id = if with_id { &statements.insert_with_id } else { &statements.insert };
    let statement =
        CallStatement::Fixed(fixed_id, &move |dialect| fixed::insert(dialect, table, with_id, 1, false));
    let done = handle.run(Call { table: Some(table), statement }, params, &mut NoRows).await?;
    if let (false, Some(id)) = (with_id, id) {
        values[id] = Some(generated(table, id, done)?);
    }
    Ok(())
}

/// The values that an INSERT sends, in its order; none that the database would not hold exactly.
pub(super) fn params<'v>(
    handle: Handle<'_>,
    table: &Table,
    values: &'v Values,
    with_id: bool,
) -> Result<Vec<Value<'v>>> {
    let mut params = Vec::with_capacity(values.len());
    push_params(handle.dialect(), table, values, with_id, &mut params)?;
    Ok(params)
}

/// The same, added to those of other rows.
pub(super) fn push_params<'v>(
    dialect: &dyn Dialect,
    table: &Table,
    values: &'v Values,
    with_id: bool,
    params: &mut Vec<Value<'v>>,
) -> Result<()> {
    for (n, column) in fixed::inserted(table, with_id) {
        let value = match &values[n] {
            Some(value) => {
                check(dialect, column, value)?;
                value.borrow()
            }
            None => Value::Null,
        };
        params.push(value);
    }
    Ok(())
}

fn generated(table: &Table, id: usize, done: Done) -> Result<Value<'static>> {
    done.last_insert_id.map(Value::UInt).ok_or_else(|| {
        Error::Decode(
            Mismatch::new("a generated id", "none in the database's reply")
                .at(table.name, table.columns[id].name),
        )
    })
}
