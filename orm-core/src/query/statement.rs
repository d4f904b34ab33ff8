//! Statements of a model whose shape never changes: rendered once per `Db`, prepared once per connection.

use crate::db::{Call, CallStatement, Handle};
use crate::driver::{BoxFuture, FixedId, NoRows, ParamSource, RowSink};
use crate::error::{Error, Result};
use crate::model::{Model, Statements};
use crate::schema::Table;
use crate::sql::Dialect;
use crate::value::Value;

/// What statements are about: all of a model that they need to know, so that what sends them is compiled once for all models.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) table: &'static Table,
    pub(super) statements: &'static Statements,
}

impl Target {
    pub(super) fn of<M: Model>() -> Self {
        Self { table: M::TABLE, statements: M::statements() }
    }
}

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct FixedStatement {
    pub(super) table: &'static Table,
    id: &'static FixedId,
    /// What it is rendered by.
    text: fn(&dyn Dialect, &Table) -> String,
}

/// Refuses a statement by key that matched nothing.
pub(super) fn found(table: &Table, affected: u64) -> Result<()> {
    if affected == 0 { Err(Error::RecordNotFound { table: table.name }) } else { Ok(()) }
}

impl FixedStatement {
    pub(super) fn of<M: Model>(
        id: fn(&'static Statements) -> &'static FixedId,
        text: fn(&dyn Dialect, &Table) -> String,
    ) -> Self {
        Self { table: M::TABLE, id: id(M::statements()), text }
    }

    fn render(&self) -> impl Fn(&dyn Dialect) -> String + Sync {
        |dialect| (self.text)(dialect, self.table)
    }

    fn call<'c>(
        self,
        render: &'c (dyn Fn(&dyn Dialect) -> String + Sync),
        params: &'c dyn ParamSource,
    ) -> Call<'c> {
        Call { table: Some(self.table), statement: CallStatement::Fixed(self.id, render), params }
    }

    /// Reads rows.
    pub(super) fn read<'a>(
        self,
        handle: Handle<'a>,
        params: Vec<Value<'a>>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let render = self.render();
            handle.send(&self.call(&render, &params), sink).await.map(drop)
        })
    }

    async fn send(self, handle: Handle<'_>, params: &dyn ParamSource) -> Result<u64> {
        let render = self.render();
        Ok(handle.send(&self.call(&render, params), &mut NoRows).await?.affected)
    }

    /// Writes rows, or takes them away, and says how many there were.
    pub(super) fn run<'a>(
        self,
        handle: Handle<'a>,
        params: impl ParamSource + Send + 'a,
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move { self.send(handle, &params).await })
    }

    /// Writes the row with a key, or takes it away.
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] where there is none; why the parameters are none.
    pub(super) fn write<'a>(
        self,
        handle: Handle<'a>,
        params: Result<Vec<Value<'a>>>,
    ) -> BoxFuture<'a, Result<()>> {
        // Before it is boxed, which it would make larger.
        let params = match params {
            Ok(params) => params,
            Err(error) => return Box::pin(async { Err(error) }),
        };
        Box::pin(async move { found(self.table, self.send(handle, &params).await?) })
    }
}
