//! A decimal that is stored as its text, which none of these libraries has for SQLite by itself.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::sqlite::{Sqlite as Diesels, SqliteValue};
use rust_decimal::Decimal;
use sqlx::sqlite::{Sqlite, SqliteTypeInfo, SqliteValueRef};

use crate::cells::Cell;

#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow, sea_orm::DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Amount(Decimal);

impl Cell for Amount {
    fn cell(&self) -> String {
        self.0.cell()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Amount {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl FromSql<diesel::sql_types::Text, Diesels> for Amount {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(value.read_text().parse()?)
    }
}

impl sqlx::Type<Sqlite> for Amount {
    fn type_info() -> SqliteTypeInfo {
        <str as sqlx::Type<Sqlite>>::type_info()
    }
}

impl<'r> sqlx::Decode<'r, Sqlite> for Amount {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(<&str as sqlx::Decode<'r, Sqlite>>::decode(value)?.parse()?)
    }
}
