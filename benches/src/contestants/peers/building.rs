//! How other libraries build SQL without sending it.

use anyhow::Result;
use diesel::mysql::{Mysql, MysqlQueryBuilder};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{QueryBuilder as _, QueryFragment};
use sea_orm::{DbBackend, QueryTrait as _};

use super::{diesel as with_diesel, sea_orm as with_sea_orm};
use crate::contestants::building::Builder;

pub struct Diesel;

impl Builder for Diesel {
    fn name(&self) -> &'static str {
        "diesel"
    }

    /// As its connections do: the text, and the parameters as the bytes that are sent.
    fn build<'a>(&'a self, category: &'a str, price: f64) -> Result<impl Sized + 'a> {
        let query = with_diesel::dearer(category, price);
        let mut text = MysqlQueryBuilder::new();
        QueryFragment::<Mysql>::to_sql(&query, &mut text, &Mysql)?;
        let mut binds = RawBytesBindCollector::<Mysql>::new();
        QueryFragment::<Mysql>::collect_binds(&query, &mut binds, &mut (), &Mysql)?;
        Ok((text.finish(), binds.binds))
    }
}

pub struct SeaOrm;

impl Builder for SeaOrm {
    fn name(&self) -> &'static str {
        "sea-orm"
    }

    fn build<'a>(&'a self, category: &'a str, price: f64) -> Result<impl Sized + 'a> {
        Ok(with_sea_orm::dearer(category, price).build(DbBackend::MySql))
    }
}
