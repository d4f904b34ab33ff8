//! An ORM for MySQL, MariaDB and SQLite: plain structs, checked queries, no hidden cost.
//!
//! ```
//! use orm_core::prelude::*;
//!
//! #[derive(Model, Debug, Clone)]
//! struct Note {
//!     id: u64,                        // the key; the database generates it
//!     description: String,            // NOT NULL
//!     author: Option<String>,         // may be NULL
//!     updated_at: DateTime<Utc>,      // set on insert and update
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! # if cfg!(not(feature = "sqlite")) { return Ok(()) }
//! let db = Db::connect("sqlite::memory:").await?;      // or mysql://user12:12user@localhost:3306/testdb
//! Note::sync(&db).await?;                              // CREATE TABLE IF NOT EXISTS "notes" (..)
//!
//! let mut note = Note::build().description("Took a cold bath").save(&db).await?;
//! note.update(&db, Note::AUTHOR.set("Ada")).await?;
//!
//! let notes = Note::find().filter(Note::DESCRIPTION.contains("bath")).order_by(Note::ID.desc()).limit(10).all(&db).await?;
//! assert_eq!(notes[0].author.as_deref(), Some("Ada"));
//!
//! let gone = Note::find().filter(Note::ID.eq(note.id)).destroy(&db).await?;
//! assert_eq!(gone, 1);
//! # Ok(())
//! # }
//! ```
//!
//! # The map
//!
//! | to .. | look at |
//! | --- | --- |
//! | define a table | [`macro@Model`] and its attribute; [`DbEnum`](macro@DbEnum), [`Newtype`] for column types; [`types::ColumnType`] for what a column can be |
//! | connect | [`Db::connect`], [`DbOptions`] |
//! | create, find by key, save, update, destroy a record | [`Record`](query::Record), which every model has |
//! | insert or update many records at once | [`bulk_create`](query::Record::bulk_create), [`bulk_insert`](query::Record::bulk_insert), [`bulk_update`](query::Record::bulk_update) |
//! | find, count, page, update and destroy many | [`Query`](query::Query) |
//! | make conditions, orders, assignments | [`Column`], [`Expr`](model::Expr) |
//! | load associations | [`Query::include`](query::Query::include), [`relation`], [`macro@View`] |
//! | read some columns | [`Query::select`](query::Query::select), [`macro@Projection`] |
//! | read row by row | [`Query::stream`](query::Query::stream) |
//! | run several statements together | [`Db::transaction`], [`Transaction`] |
//! | write SQL yourself | [`RawSql`](query::RawSql) |
//! | act on what went wrong | [`Error`] |
//! | create and drop tables | [`Record::sync`](query::Record::sync), [`Db::sync`] |
//!
//! An application needs `use orm_core::prelude::*;` and little else. [`driver`], [`schema`], [`sql`] and [`value`] are what the crate is built of.
//!
//! Each verb says which SQL it sends: one statement, unless its documentation says otherwise. Each method is found under its Sequelize name too.
//! Verbs take `&Db` and `&Transaction` alike.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `mysql` (on by default) | MySQL and MariaDB |
//! | `sqlite` | SQLite, embedded |
//! | `uuid`, `rust_decimal`, `serde_json` | columns of these crates' types |
//!
//! It runs on tokio, with the timer enabled: `#[tokio::main]` will do.

// The derive's output names this crate by its own name, in our tests and doc tests too.
#[allow(unused_extern_crates)]
extern crate self as orm_core;

mod backend;
pub mod db;
pub mod driver;
pub mod error;
pub mod model;
pub mod prelude;
pub mod query;
pub mod relation;
pub mod schema;
pub mod sql;
pub mod types;
pub mod value;

pub use db::{Db, DbOptions, Executor, Transaction};
pub use error::{Error, Result};
pub use model::Model;
pub use orm_derive::{DbEnum, Model, Newtype, Projection, View};
pub use types::DbEnum;

// What the derive names most often: with one segment less in each path the compiler has a tenth less to read.
#[doc(hidden)]
pub use driver::Pending;
#[doc(hidden)]
pub use model::{CanUnlink, Column, FieldSet, LinkDraft, Mark, References, Set, Unset};
#[doc(hidden)]
pub use query::{DraftParts, Nested};
#[doc(hidden)]
pub use relation::{BelongsToTarget, HasManyTarget, HasOneTarget, ManyToManyTarget, PairTarget, Reference};
#[doc(hidden)]
pub use schema::ColumnDef;
#[doc(hidden)]
pub use types::{ColumnType, IntoValue};

// The crates whose types are column types, so that an application need not depend on them in the same version.
pub use chrono;
#[cfg(feature = "rust_decimal")]
pub use rust_decimal;
#[cfg(feature = "serde_json")]
pub use serde_json;
#[cfg(feature = "uuid")]
pub use uuid;
