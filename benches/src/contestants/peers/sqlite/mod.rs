//! Other libraries on an SQLite file, with the settings that we open one with: write-ahead log, `synchronous = NORMAL`, foreign keys.

mod amount;
mod diesel;
mod diesel_schema;
mod sea_orm;
mod sea_orm_entities;
mod sqlx;

use anyhow::Result;

use crate::contestant::{Entrant, Single};

/// All that know SQLite.
pub async fn everybody(path: &str) -> Result<Vec<Box<dyn Entrant>>> {
    Ok(vec![
        Box::new(Single(sqlx::Sqlx::open(path).await?)),
        Box::new(Single(diesel::Diesel::open(path)?)),
        Box::new(Single(sea_orm::SeaOrm::open(path).await?)),
    ])
}
