//! An ORM for MySQL, MariaDB and SQLite.

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
pub mod schema;
pub mod sql;
pub mod types;
pub mod value;

pub use db::{Db, DbOptions, Executor, Transaction};
pub use error::{Error, Result};
pub use model::Model;
pub use orm_derive::{DbEnum, Model, Newtype, Projection};
pub use types::DbEnum;

// The crates whose types are column types, so that an application need not depend on them in the same version.
pub use chrono;
#[cfg(feature = "rust_decimal")]
pub use rust_decimal;
#[cfg(feature = "serde_json")]
pub use serde_json;
#[cfg(feature = "uuid")]
pub use uuid;
