//! UPDATE of rows that a condition picks, and of one record.

use super::Query;
use super::lock::must_read;
use super::select::exists;
use super::statement::{FixedStatement, Target, found};
use crate::db::{Call, CallStatement, Executor, Handle, Transaction};
use crate::driver::{BoxFuture, Cells, Flow, NoRows, ParamSink, ParamSource, RowSink};
use crate::error::{Error, Result};
use crate::model::{Assignment, Assignments, Change, ColumnSet, Model};
use crate::schema::{Managed, Table};
use crate::sql::select::{NewValue, Wanted, select, update};
use crate::sql::{Compare, Dialect, Expr, Rows, check, fixed};
use crate::types;
use crate::value::Value;

/// The new values of columns, checked: each column at most once, `updated_at` added.
pub(super) struct Changes(Vec<(usize, NewValue)>);

impl Changes {
    pub(super) fn new<M: Model>(assignments: impl Assignments<M>) -> Result<Self> {
        let mut list: Vec<Assignment<M>> = Vec::with_capacity(1);
        assignments.add_to(&mut list);
        let change = |Assignment { column, change, .. }: Assignment<M>| {
            let value = match change? {
                Change::Set(value) => NewValue::Is(value),
                Change::Arithmetic(op, value) => NewValue::Arithmetic(op, value),
            };
            Ok((column, value))
        };
        let mut changes: Vec<(usize, NewValue)> = list.into_iter().map(change).collect::<Result<_>>()?;
        let before = |n: usize| changes[..n].iter().any(|(column, _)| *column == changes[n].0);
        if let Some(twice) = (1..changes.len()).find(|&n| before(n)) {
            let column = &M::TABLE.columns[changes[twice].0];
            let message = format!("column {} of table {} is assigned twice", column.name, M::TABLE.name);
            return Err(Error::Unsupported(message.into()));
        }
        let stamped = updated_at(M::TABLE).filter(|&n| changes.iter().all(|(column, _)| *column != n));
        if let (Some(n), false) = (stamped, changes.is_empty()) {
            changes.push((n, NewValue::Is(types::timestamp(types::now(), &M::TABLE.columns[n]))));
        }
        Ok(Self(changes))
    }

    /// The values that are known without asking the database.
    fn known(&self) -> Vec<(usize, Value<'static>)> {
        let known = |(column, value): &(usize, NewValue)| match value {
            NewValue::Is(value) => Some((*column, value.clone())),
            NewValue::Arithmetic(..) => None,
        };
        self.0.iter().filter_map(known).collect()
    }

    /// The columns, where all values are known.
    fn set(&self) -> Option<ColumnSet> {
        let known = self.0.iter().all(|(_, value)| matches!(value, NewValue::Is(_)));
        known.then(|| ColumnSet::of(self.0.iter().map(|(column, _)| *column))).flatten()
    }

    /// In the order of the table's columns.
    fn sorted(mut self) -> Self {
        self.0.sort_unstable_by_key(|(column, _)| *column);
        self
    }
}

/// What an UPDATE by key sends: new values, all of which are known, and the key.
struct SetByKey {
    table: &'static Table,
    changes: Changes,
    key: KeyValues,
}

impl ParamSource for SetByKey {
    fn len(&self) -> usize {
        self.changes.0.len() + self.key.len()
    }

    fn give(&self, to: &mut dyn ParamSink) -> Result<()> {
        for (column, value) in &self.changes.0 {
            if let NewValue::Is(value) = value {
                check(self.key.dialect, &self.table.columns[*column], value)?;
                to.value(value);
            }
        }
        self.key.give(to)
    }
}

/// The values of the key that rows are picked by.
pub(super) struct KeyValues {
    dialect: &'static dyn Dialect,
    /// Each compares a column of it.
    filter: Vec<Expr>,
}

impl KeyValues {
    /// Of rows that [are picked by nothing else](Rows::are_by_key).
    pub(super) fn of(handle: Handle<'_>, rows: Rows) -> Self {
        Self { dialect: handle.dialect(), filter: rows.filter }
    }
}

impl ParamSource for KeyValues {
    fn len(&self) -> usize {
        self.filter.len()
    }

    fn give(&self, to: &mut dyn ParamSink) -> Result<()> {
        for condition in &self.filter {
            if let Expr::Compare(column, Compare::Equal, value) = condition {
                check(self.dialect, column, value)?;
                to.value(value);
            }
        }
        Ok(())
    }
}

/// The column that has the time of the last change.
pub(super) fn updated_at(table: &Table) -> Option<usize> {
    table.columns.iter().position(|column| column.managed == Some(Managed::UpdatedAt))
}

/// Sends the UPDATE and says how many rows matched. One that sets values by key is not rendered.
fn run<'a>(handle: Handle<'a>, target: Target, changes: Changes, rows: Rows) -> BoxFuture<'a, Result<u64>> {
    let Target { table, statements } = target;
    let by_key = changes.set().filter(|_| rows.are_by_key(table));
    let Some((set, id)) = by_key.and_then(|set| Some((set, statements.update_some.get(set)?))) else {
        return Box::pin(async move {
            let statement = update(handle.dialect(), table, changes.0, rows)?;
            Ok(handle.send(&Call::rendered(Some(table), &statement), &mut NoRows).await?.affected)
        });
    };
    let params = SetByKey { table, changes: changes.sorted(), key: KeyValues::of(handle, rows) };
    Box::pin(async move {
        let render = move |dialect: &dyn Dialect| fixed::update_some(dialect, table, |n| set.has(n));
        let call = Call { table: Some(table), statement: CallStatement::Fixed(id, &render), params: &params };
        Ok(handle.send(&call, &mut NoRows).await?.affected)
    })
}

impl<M: Model, O: Send + 'static> Query<M, O> {
    /// Changes the rows and says how many matched, changed or not: one UPDATE, which sets `updated_at` too.
    ///
    /// With a limit or an offset the rows are picked by a subquery over the key. No assignments at all (an empty `Vec`) send nothing.
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
    /// # Book::bulk_create(&db, ["Emma", "Walden", "Utopia"].map(|title| Book::build().title(title))).await?;
    /// let changed = Book::find().filter(Book::AUTHOR.is_null()).update(&db, Book::AUTHOR.set("unknown")).await?;
    /// // UPDATE "books" SET "author" = ? WHERE "author" IS NULL
    /// assert_eq!(changed, 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingFilter`] where no condition was given (or an empty list of them) and [`Query::everything`] was not said;
    /// [`Error::Encode`] where a value does not fit; whatever the database says.
    pub fn update<E: Executor + ?Sized>(
        self,
        db: &E,
        assignments: impl Assignments<M>,
    ) -> BoxFuture<'_, Result<u64>> {
        match self.must_be_meant().and_then(|()| Changes::new(assignments)) {
            Ok(changes) if changes.0.is_empty() => Box::pin(async { Ok(0) }),
            Ok(changes) => run(db.handle(), Target::of::<M>(), changes, self.rows),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    /// Refuses to change a whole table that was not meant, and what no such statement can carry.
    pub(super) fn must_be_meant(&self) -> Result<()> {
        if self.plan.wanted().is_none() {
            return Err(Error::Unsupported(
                "an update or destroy includes nothing: filter by the association with `any` instead".into(),
            ));
        }
        must_read(&self.rows)?;
        if self.everything || !self.rows.is_everything() {
            Ok(())
        } else {
            Err(Error::MissingFilter { table: M::TABLE.name })
        }
    }
}

/// The rows whose key is this record's: one at most.
pub(super) fn same_key<M: Model>(record: &M) -> Result<Rows> {
    let mut rows = Rows::default();
    for (&n, column) in M::TABLE.primary_key.iter().zip(M::TABLE.key_columns()) {
        rows.filter.push(Expr::Compare(column, Compare::Equal, record.value(n)?.into_owned()));
    }
    Ok(rows)
}

/// The values of a record's key.
pub(super) fn key_params<'r, M: Model>(
    handle: Handle<'_>,
    record: &'r M,
    params: &mut Vec<Value<'r>>,
) -> Result<()> {
    for &n in M::TABLE.primary_key {
        let value = record.value(n)?;
        check(handle.dialect(), &M::TABLE.columns[n], &value)?;
        params.push(value);
    }
    Ok(())
}

/// Writes every column of the record.
pub(super) async fn save<M: Model>(handle: Handle<'_>, record: &mut M) -> Result<()> {
    let table = M::TABLE;
    if table.columns.len() == table.primary_key.len() {
        // Nothing but a key: there is nothing to write, but the row must be there.
        return record_exists(handle, record).await;
    }
    let stamp = updated_at(table).map(|n| (n, types::timestamp(types::now(), &table.columns[n])));
    let mut params = Vec::with_capacity(table.columns.len());
    for (n, column) in table.columns.iter().enumerate().filter(|(n, _)| !table.is_key(*n)) {
        let value = match &stamp {
            Some((updated_at, stamp)) if *updated_at == n => stamp.borrow(),
            _ => record.value(n)?,
        };
        check(handle.dialect(), column, &value)?;
        params.push(value);
    }
    key_params(handle, record, &mut params)?;
    FixedStatement::of::<M>(|all| &all.update, fixed::update).write(handle, Ok(params)).await?;
    // What is in memory is cut as what was sent.
    for n in (0..table.columns.len()).filter(|n| table.columns[*n].data_type.is_cut()) {
        let sent = match &stamp {
            Some((updated_at, stamp)) if *updated_at == n => stamp.clone(),
            _ => record.value(n)?.into_owned(),
        };
        record.set_value(n, sent)?;
    }
    Ok(())
}

async fn record_exists<M: Model>(handle: Handle<'_>, record: &M) -> Result<()> {
    let there = exists::<M>(handle, same_key(record)?).await?;
    found(M::TABLE, u64::from(there))
}

/// Writes some columns of the record, and sets its fields to what the row has then.
pub(super) async fn update_record<M: Model>(
    handle: Handle<'_>,
    record: &mut M,
    changes: Result<Changes>,
) -> Result<()> {
    let changes = changes?;
    if changes.0.is_empty() {
        return Ok(());
    }
    let known = changes.known();
    if known.len() == changes.0.len() {
        found(M::TABLE, run(handle, Target::of::<M>(), changes, same_key(record)?).await?)?;
        return set_fields(record, known);
    }
    if changes.0.iter().any(|(n, value)| matches!(value, NewValue::Arithmetic(..)) && M::TABLE.is_key(*n)) {
        return Err(Error::Unsupported("the key of a record cannot be reckoned: set it".into()));
    }
    // What the database reckons is read back under the row's lock.
    let mut fresh = record.clone_record();
    set_fields(&mut fresh, known)?;
    let before = &*record;
    let fresh = handle
        .atomically(async move |tx: &Transaction| {
            reckon(Handle::Transaction(tx), before, fresh, changes).await
        })
        .await?;
    *record = fresh;
    Ok(())
}

/// Sends the UPDATE and reads the columns back that the database reckoned.
async fn reckon<M: Model>(handle: Handle<'_>, before: &M, mut fresh: M, changes: Changes) -> Result<M> {
    let reckoned: Vec<usize> = changes
        .0
        .iter()
        .filter(|(_, value)| matches!(value, NewValue::Arithmetic(..)))
        .map(|(column, _)| *column)
        .collect();
    found(M::TABLE, run(handle, Target::of::<M>(), changes, same_key(before)?).await?)?;
    let statement = select(handle.dialect(), M::TABLE, Wanted::Columns(&reckoned), same_key(&fresh)?)?;
    let call = Call::rendered(Some(M::TABLE), &statement);
    let mut sink = Assign { record: &mut fresh, columns: &reckoned };
    handle.run(&call, &mut sink).await?;
    Ok(fresh)
}

/// Sets fields of a record to the cells of a row.
struct Assign<'r, M> {
    record: &'r mut M,
    columns: &'r [usize],
}

impl<M: Model> RowSink for Assign<'_, M> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        for (cell, &column) in self.columns.iter().enumerate() {
            self.record.set_value(column, cells.take(cell).into_owned())?;
        }
        Ok(Flow::Continue)
    }
}

fn set_fields<M: Model>(record: &mut M, values: Vec<(usize, Value<'static>)>) -> Result<()> {
    values.into_iter().try_for_each(|(column, value)| record.set_value(column, value))
}
