//! Raw SQL into models, tuples and scalars.

use std::borrow::Cow;

use super::sink::Tally;
use crate::db::{Call, CallStatement, Executor, Handle};
use crate::driver::{BoxFuture, Cells, Flow, RowSink};
use crate::error::{Error, Mismatch, Result};
use crate::model::Row;
use crate::schema::{ColumnDef, DataType, Table};
use crate::types::{self, ColumnType, Scalar};
use crate::value::Value;

/// Text that the caller vouches for: it holds nothing that came from a user.
///
/// Raw SQL takes `&'static str`, which no user can have typed. Text that is put together at run time has to be wrapped in this.
/// Values never belong into the text: bind them.
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
/// let column = "title";   // one of our own names, not a user's
/// let sql = TrustedSql(format!("SELECT {column} FROM books ORDER BY 1"));
/// let titles: Vec<String> = db.query_as(sql, ()).await?;
/// assert_eq!(titles[0], "Emma");
/// # Ok(())
/// # }
/// ```
#[doc(alias = "literal")]
#[derive(Debug, Clone)]
pub struct TrustedSql(pub String);

/// What may stand for the text of raw SQL.
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
/// let text: &'static str = "SELECT title FROM books WHERE id = ?";
/// let titles: Vec<String> = db.query_as(text, (1,)).await?;
/// assert_eq!(titles, ["Emma"]);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be run as SQL",
    label = "expected a &'static str",
    note = "text made at run time must be vouched for: TrustedSql(text); values are bound, never put into the text"
)]
pub trait IntoSql {
    /// The text.
    fn into_sql(self) -> Cow<'static, str>;
}

impl IntoSql for &'static str {
    fn into_sql(self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}

impl IntoSql for TrustedSql {
    fn into_sql(self) -> Cow<'static, str> {
        Cow::Owned(self.0)
    }
}

/// A value bound to a placeholder of raw SQL: any column type, or `&str`.
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
/// let (id, title, author) = (7_u64, "Emma", None::<String>);
/// db.execute("INSERT INTO books (id, title, author, loans) VALUES (?, ?, ?, 0)", (id, title, author)).await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "bind")]
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be bound as a value", label = "not a column type")]
pub trait Param {
    /// The value, encoded.
    ///
    /// # Errors
    /// [`Error::Encode`] where no column could hold it.
    fn into_param(self) -> Result<Value<'static>>;
}

impl<T: ColumnType> Param for T {
    fn into_param(self) -> Result<Value<'static>> {
        // There is no column that bounds the digits of a decimal, which travels as text anyway.
        let data_type =
            if matches!(T::DATA_TYPE, DataType::Decimal { .. }) { DataType::Text } else { T::DATA_TYPE };
        types::encode_owned(self, &ColumnDef::new("", "?", "?", data_type, true))
    }
}

impl Param for &str {
    fn into_param(self) -> Result<Value<'static>> {
        Ok(Value::Text(Cow::Owned(self.to_owned())))
    }
}

/// The values of raw SQL: a tuple, or a `Vec` of values that are encoded already. `()` for none.
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
/// use orm_core::value::Value;
///
/// let by_tuple: Vec<u64> = db.query_as("SELECT id FROM books WHERE id > ? AND title <> ?", (1, "Utopia")).await?;
/// let list: Vec<Value<'static>> = vec![Value::Int(1), Value::Text("Utopia".into())];
/// let by_list: Vec<u64> = db.query_as("SELECT id FROM books WHERE id > ? AND title <> ?", list).await?;
/// assert_eq!(by_tuple, by_list);
/// # Ok(())
/// # }
/// ```
#[doc(alias = "bind")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of values",
    label = "expected a tuple such as `(1, \"x\")`; one value alone is `(1,)`, none is `()`"
)]
pub trait Params {
    /// The values, encoded.
    ///
    /// # Errors
    /// [`Error::Encode`] where no column could hold one.
    fn into_params(self) -> Result<Vec<Value<'static>>>;
}

impl Params for () {
    fn into_params(self) -> Result<Vec<Value<'static>>> {
        Ok(Vec::new())
    }
}

impl Params for Vec<Value<'static>> {
    fn into_params(self) -> Result<Vec<Value<'static>>> {
        Ok(self)
    }
}

/// Where the columns of a raw result belong.
#[derive(Debug, Clone, Copy)]
pub enum Columns {
    /// To the columns of this table, by name.
    Named(&'static Table),
    /// To a tuple of this length, by position.
    Position(usize),
}

/// What a row of raw SQL can become: a model, a tuple, one value.
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
/// let longest: Vec<Option<i64>> = db.query_as("SELECT max(length(title)) FROM books", ()).await?;
/// let pairs: Vec<(String, i64)> = db.query_as("SELECT title, length(title) FROM books ORDER BY id", ()).await?;
/// assert_eq!((longest[0], pairs[0].1), (Some(6), 4));
/// # Ok(())
/// # }
/// ```
#[doc(alias = "mapToModel")]
#[diagnostic::on_unimplemented(
    message = "a row cannot become `{Self}`",
    label = "expected a model, a tuple of column types, or a column type"
)]
pub trait FromRow: Sized + Send {
    /// Where the columns belong.
    fn columns() -> Columns;

    /// Makes one of a row.
    ///
    /// # Errors
    /// [`Error::Decode`] where a cell is not of the wanted type.
    fn from_row(row: &mut Row<'_>) -> Result<Self>;
}

/// A column of a raw result that only its position is known of.
const fn unnamed(name: &'static str) -> ColumnDef {
    ColumnDef::new("", name, name, DataType::Text, true)
}

impl<T: Scalar> FromRow for T {
    fn columns() -> Columns {
        Columns::Position(1)
    }

    fn from_row(row: &mut Row<'_>) -> Result<Self> {
        row.column(0, &unnamed("1"))
    }
}

impl<T: Scalar> FromRow for Option<T> {
    fn columns() -> Columns {
        Columns::Position(1)
    }

    fn from_row(row: &mut Row<'_>) -> Result<Self> {
        row.column(0, &unnamed("1"))
    }
}

macro_rules! tuple {
    ($length:literal: $($type:ident $n:tt $name:literal),+) => {
        impl<$($type: ColumnType),+> FromRow for ($($type,)+) {
            fn columns() -> Columns {
                Columns::Position($length)
            }

            fn from_row(row: &mut Row<'_>) -> Result<Self> {
                Ok(($(row.column($n, &unnamed($name))?,)+))
            }
        }

        impl<$($type: Param),+> Params for ($($type,)+) {
            fn into_params(self) -> Result<Vec<Value<'static>>> {
                Ok(vec![$(self.$n.into_param()?),+])
            }
        }
    };
}

tuple!(1: A 0 "1");
tuple!(2: A 0 "1", B 1 "2");
tuple!(3: A 0 "1", B 1 "2", C 2 "3");
tuple!(4: A 0 "1", B 1 "2", C 2 "3", D 3 "4");
tuple!(5: A 0 "1", B 1 "2", C 2 "3", D 3 "4", E 4 "5");
tuple!(6: A 0 "1", B 1 "2", C 2 "3", D 3 "4", E 4 "5", F 5 "6");
tuple!(7: A 0 "1", B 1 "2", C 2 "3", D 3 "4", E 4 "5", F 5 "6", G 6 "7");
tuple!(8: A 0 "1", B 1 "2", C 2 "3", D 3 "4", E 4 "5", F 5 "6", G 6 "7", H 7 "8");

/// Raw SQL, on a [`Db`](crate::db::Db) and in a [`Transaction`](crate::db::Transaction). In the prelude.
///
/// ```
/// use orm_core::prelude::*;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// let db = Db::connect("sqlite::memory:").await?;
/// db.execute("CREATE TABLE words (word TEXT)", ()).await?;
/// db.execute("INSERT INTO words VALUES (?), (?)", ("stone", "leaf")).await?;
/// let lengths: Vec<(String, i64)> = db.query_as("SELECT word, length(word) FROM words ORDER BY word", ()).await?;
/// assert_eq!(lengths, [("leaf".to_owned(), 4), ("stone".to_owned(), 5)]);
/// let longest: Vec<i64> = db.query_as("SELECT max(length(word)) FROM words WHERE word <> ?", ("stone",)).await?;
/// assert_eq!(longest, [4]);
/// # Ok(())
/// # }
/// ```
pub trait RawSql: Executor {
    /// Runs a query and makes each row a model (columns by name, more than it has are ignored), a tuple (by position) or one value.
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
    /// let books: Vec<Book> = db.query_as("SELECT * FROM books WHERE id > ?", (1,)).await?;
    /// let rows: Vec<(u64, String)> = db.query_as("SELECT id, title FROM books", ()).await?;
    /// assert_eq!((books.len(), rows.len()), (2, 3));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`] where a column is missing, there are too few or too many for the tuple, or a cell is of another type; whatever the database says.
    #[doc(alias = "sequelize.query")]
    fn query_as<T: FromRow>(&self, sql: impl IntoSql, params: impl Params) -> BoxFuture<'_, Result<Vec<T>>> {
        let (sql, params) = (sql.into_sql(), params.into_params());
        Box::pin(async move {
            let mut sink = Raw { rows: Vec::new(), order: Vec::new(), reordered: false };
            run(self.handle(), &sql, params?, &mut sink).await?;
            Ok(sink.rows)
        })
    }

    /// Runs a statement and says how many rows it inserted or deleted, or matched for an update. Rows that come back are not looked at.
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
    /// let changed = db.execute("UPDATE books SET author = ? WHERE id < ?", ("unknown", 3)).await?;
    /// assert_eq!(changed, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(alias = "sequelize.query")]
    fn execute(&self, sql: impl IntoSql, params: impl Params) -> BoxFuture<'_, Result<u64>> {
        let (sql, params) = (sql.into_sql(), params.into_params());
        Box::pin(async move {
            let mut rows = Tally::default();
            run(self.handle(), &sql, params?, &mut rows).await
        })
    }
}

impl<E: Executor + ?Sized> RawSql for E {}

async fn run(
    handle: Handle<'_>,
    sql: &str,
    params: Vec<Value<'static>>,
    sink: &mut dyn RowSink,
) -> Result<u64> {
    let statement =
        if may_change_session(sql) { CallStatement::Foreign(sql) } else { CallStatement::Dynamic(sql) };
    Ok(handle.run(&Call { table: None, statement, params: &params }, sink).await?.affected)
}

/// Whether the text may leave something in the session (a setting, a lock, a temporary table, a transaction), so that the session
/// has to be reset before its next user. In doubt it may.
fn may_change_session(sql: &str) -> bool {
    const PLAIN: &[&str] = &["select", "insert", "update", "delete", "replace", "with", "values"];
    let lower = sql.trim_start_matches(|c: char| c.is_whitespace() || c == '(').to_ascii_lowercase();
    let first = lower.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    !PLAIN.contains(&first) || lower.contains('@') || lower.contains("get_lock") || lower.contains(';')
}

/// Gathers the rows of a raw query, finding columns by name where they belong to a table.
struct Raw<T> {
    rows: Vec<T>,
    order: Vec<usize>,
    reordered: bool,
}

impl<T: FromRow> RowSink for Raw<T> {
    fn wants_columns(&self) -> bool {
        true
    }

    fn columns(&mut self, names: &[&str]) -> Result<()> {
        match T::columns() {
            Columns::Position(length) if names.len() == length => Ok(()),
            Columns::Position(length) => Err(Error::Decode(
                Mismatch::new(format!("{length} columns"), format!("{}", names.len())).at("", "*"),
            )),
            Columns::Named(table) => {
                let position = |column: &ColumnDef| {
                    names.iter().position(|name| *name == column.name).ok_or_else(|| {
                        Error::Decode(
                            Mismatch::new("a column of this name in the result", "none")
                                .at(table.name, column.name),
                        )
                    })
                };
                self.order = table.columns.iter().map(position).collect::<Result<_>>()?;
                self.reordered = true;
                Ok(())
            }
        }
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        let mut row = if self.reordered { Row::reordered(cells, &self.order) } else { Row::new(cells, 0) };
        self.rows.push(T::from_row(&mut row)?);
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::may_change_session;

    #[test]
    fn reading_and_writing_rows_leaves_the_session_alone() {
        for sql in
            ["SELECT 1", "  (select 1)", "INSERT INTO t VALUES (?)", "WITH x AS (SELECT 1) SELECT * FROM x"]
        {
            assert!(!may_change_session(sql), "{sql}");
        }
    }

    #[test]
    fn all_else_may_change_it() {
        for sql in [
            "SET time_zone = '+02:00'",
            "CREATE TEMPORARY TABLE t (id INT)",
            "SELECT GET_LOCK('a', 1)",
            "SELECT @a := 1",
            "USE other",
            "BEGIN",
            "SELECT 1; SET sql_mode = ''",
            "/* hint */ SET x = 1",
            "CALL p()",
            "",
        ] {
            assert!(may_change_session(sql), "{sql}");
        }
    }
}
