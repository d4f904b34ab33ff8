//! All that an application names: `use orm_core::prelude::*;`

pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

pub use crate::db::{Db, DbOptions, Executor, Transaction};
pub use crate::error::Error;
pub use crate::model::{Expr, Model};
pub use crate::query::{Query, RawSql, Record, TrustedSql};
#[cfg(feature = "serde_json")]
pub use crate::types::Json;
pub use orm_derive::Model;
