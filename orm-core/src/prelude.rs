//! All that an application names: `use orm_core::prelude::*;`

pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

pub use crate::db::{Db, DbOptions, Executor, PoolMetrics, Transaction};
pub use crate::error::Error;
pub use crate::model::{Column, Expr, Model};
pub use crate::query::{Projection, Query, RawSql, Record, TrustedSql};
pub use crate::relation::View;
pub use crate::types::DbEnum;
#[cfg(feature = "serde_json")]
pub use crate::types::Json;
pub use orm_derive::{DbEnum, Model, Newtype, Projection, View};
#[cfg(feature = "rust_decimal")]
pub use rust_decimal::Decimal;
#[cfg(feature = "uuid")]
pub use uuid::Uuid;
