//! Other libraries, each as its own documents tell its users: one connection, no TLS, TCP, statements kept where it keeps them.
//!
//! An include is read without an order where the library's documents do not ask for one; hand-written code and we do.

mod building;
mod diesel;
mod diesel_async;
mod diesel_schema;
mod diesel_trees;
mod sea_orm;
mod sea_orm_entities;
mod sqlite;
mod sqlx;
mod sqlx_includes;

use crate::contestant::{Crowd, Entrant, Local, Single};
use crate::contestants::building::Building;
use crate::eager::Loading;
use crate::peers::Peers;

use self::diesel::Diesel;
use self::diesel_async::{DieselAsync, DieselAsyncPool};
use self::sea_orm::SeaOrm;
use self::sqlx::{Sqlx, SqlxPool};
use self::sqlx_includes::SqlxIncludes;

/// All that can be in one program.
pub struct Everybody;

impl Peers for Everybody {
    fn single<'a>(&'a self, url: &'a str) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async {
            let entrants: Vec<Box<dyn Entrant>> = vec![
                Box::new(Single(Sqlx::connect(url).await?)),
                Box::new(Single(Diesel::connect(url)?)),
                Box::new(Single(DieselAsync::connect(url).await?)),
                Box::new(Single(SeaOrm::connect(url, 1).await?)),
            ];
            Ok(entrants)
        })
    }

    fn includes<'a>(&'a self, url: &'a str) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async {
            let entrants: Vec<Box<dyn Entrant>> = vec![
                Box::new(Loading(SqlxIncludes::connect(url).await?)),
                Box::new(Loading(Diesel::connect(url)?)),
                Box::new(Loading(DieselAsync::connect(url).await?)),
                Box::new(Loading(SeaOrm::connect(url, 1).await?)),
            ];
            Ok(entrants)
        })
    }

    fn pool<'a>(&'a self, url: &'a str, tasks: usize) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async move {
            let entrants: Vec<Box<dyn Entrant>> = vec![
                Box::new(Crowd(SqlxPool::connect(url).await?, tasks)),
                Box::new(Crowd(DieselAsyncPool::new(url)?, tasks)),
                Box::new(Crowd(SeaOrm::connect(url, 10).await?, tasks)),
            ];
            Ok(entrants)
        })
    }

    fn build(&self) -> Vec<Box<dyn Entrant>> {
        vec![Box::new(Building(building::Diesel)), Box::new(Building(building::SeaOrm))]
    }

    fn sqlite<'a>(&'a self, path: &'a str) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(sqlite::everybody(path))
    }
}
