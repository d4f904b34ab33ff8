//! Includes from one to five levels deep, always of as many records in all.

use anyhow::Result;
use orm_core::prelude::*;

use super::{Subject, Worker};
use crate::contestant::Local;
use crate::contestants::ours::Ours;

/// All records of a load, whatever its depth: few enough that each level is one statement.
const RECORDS: u64 = 1_800;
const TABLE: u64 = RECORDS / 2;

#[derive(Model, Debug, Clone)]
#[model(has_many(seconds: Second))]
struct First {
    id: u64,
    label: String,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(thirds: Third))]
struct Second {
    id: u64,
    #[model(belongs_to = First)]
    first_id: u64,
    label: String,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(fourths: Fourth))]
struct Third {
    id: u64,
    #[model(belongs_to = Second)]
    second_id: u64,
    label: String,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(fifths: Fifth))]
struct Fourth {
    id: u64,
    #[model(belongs_to = Third)]
    third_id: u64,
    label: String,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(sixths: Sixth))]
struct Fifth {
    id: u64,
    #[model(belongs_to = Fourth)]
    fourth_id: u64,
    label: String,
}

#[derive(Model, Debug, Clone)]
struct Sixth {
    id: u64,
    #[model(belongs_to = Fifth)]
    fifth_id: u64,
    label: String,
}

/// How many records there are in what was loaded.
trait Total {
    fn total(&self) -> u64;
}

macro_rules! one {
    ($($Model:ident),*) => {
        $(impl Total for $Model {
            fn total(&self) -> u64 {
                u64::from(!self.label.is_empty() && self.id > 0)
            }
        })*
    };
}

one!(First, Second, Third, Fourth, Fifth, Sixth);

impl<A: Total, B: Total> Total for (A, Vec<B>) {
    fn total(&self) -> u64 {
        self.0.total() + self.1.total()
    }
}

impl<T: Total> Total for Vec<T> {
    fn total(&self) -> u64 {
        self.iter().map(Total::total).sum()
    }
}

/// Fills six tables, in which each record but the last ones has one below it.
pub async fn subject(url: &str) -> Result<Subject> {
    let db = Ours::connect(url, 1).await?.0;
    First::sync(&db).await?;
    Second::sync(&db).await?;
    Third::sync(&db).await?;
    Fourth::sync(&db).await?;
    Fifth::sync(&db).await?;
    Sixth::sync(&db).await?;
    let ids = || (1..=TABLE).map(|id| (id, format!("record {id}")));
    First::bulk_insert(ids().map(|(id, label)| First::build().id(id).label(label))).exec(&db).await?;
    Second::bulk_insert(ids().map(|(id, label)| Second::build().id(id).first_id(id).label(label)))
        .exec(&db)
        .await?;
    Third::bulk_insert(ids().map(|(id, label)| Third::build().id(id).second_id(id).label(label)))
        .exec(&db)
        .await?;
    Fourth::bulk_insert(ids().map(|(id, label)| Fourth::build().id(id).third_id(id).label(label)))
        .exec(&db)
        .await?;
    Fifth::bulk_insert(ids().map(|(id, label)| Fifth::build().id(id).fourth_id(id).label(label)))
        .exec(&db)
        .await?;
    Sixth::bulk_insert(ids().map(|(id, label)| Sixth::build().id(id).fifth_id(id).label(label)))
        .exec(&db)
        .await?;
    Ok(Subject {
        title: "Depth of an include, 1,800 records in all",
        units: "levels",
        unit: "level",
        sizes: vec![1, 2, 3, 4, 5],
        memory: false,
        workers: vec![Box::new(Deep(Ours::connect(url, 1).await?.0))],
    })
}

struct Deep(Db);

impl Worker for Deep {
    fn name(&self) -> &'static str {
        "orm-core"
    }

    fn work(&mut self, depth: u64) -> Local<'_, u64> {
        let firsts = First::find().filter(First::ID.le(RECORDS / (depth + 1)));
        Box::pin(async move {
            let db = &self.0;
            Ok(match depth {
                1 => firsts.include(First::SECONDS).all(db).await?.total(),
                2 => firsts.include(First::SECONDS.include(Second::THIRDS)).all(db).await?.total(),
                3 => {
                    let seconds = Second::THIRDS.include(Third::FOURTHS);
                    firsts.include(First::SECONDS.include(seconds)).all(db).await?.total()
                }
                4 => {
                    let seconds = Second::THIRDS.include(Third::FOURTHS.include(Fourth::FIFTHS));
                    firsts.include(First::SECONDS.include(seconds)).all(db).await?.total()
                }
                _ => {
                    let seconds =
                        Second::THIRDS.include(Third::FOURTHS.include(Fourth::FIFTHS.include(Fifth::SIXTHS)));
                    firsts.include(First::SECONDS.include(seconds)).all(db).await?.total()
                }
            })
        })
    }
}
