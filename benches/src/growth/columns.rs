//! 1,000 rows of more and more columns: a key, and as many numbers as texts.

use anyhow::{Context as _, Result, bail};
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Row, Statement};
use orm_core::prelude::*;

use super::{Subject, Worker, by_hand};
use crate::contestant::Local;
use crate::contestants::ours::Ours;

const ROWS: i64 = 1_000;

/// A model with these columns besides its key, and how hand-written code reads it.
macro_rules! model {
    ($Model:ident in $table:literal: $($number:ident)* | $($text:ident)*) => {
        #[derive(Model, Debug, Clone)]
        struct $Model {
            id: u64,
            $($number: i64,)*
            $($text: String,)*
        }

        impl $Model {
            const SELECT: &str = concat!(
                "SELECT id", $(", ", stringify!($number),)* $(", ", stringify!($text),)* " FROM ", $table
            );

            async fn fill(db: &Db) -> Result<()> {
                Self::sync(db).await?;
                let drafts = (0..ROWS)
                    .map(|n| Self::build()$(.$number(n))*$(.$text(format!("{} {n}", stringify!($text))))*);
                Self::bulk_insert(drafts).exec(db).await?;
                Ok(())
            }

            fn read(mut row: Row) -> Option<Self> {
                let mut places = 0..;
                Some(Self {
                    id: row.take(places.next()?)?,
                    $($number: row.take(places.next()?)?,)*
                    $($text: row.take(places.next()?)?,)*
                })
            }

            fn sum(rows: &[Self]) -> u64 {
                let sum = |row: &Self| {
                    let numbers: i64 = [$(row.$number),*].into_iter().sum();
                    let texts: usize = [$(row.$text.len()),*].into_iter().sum();
                    row.id + numbers.unsigned_abs() + texts as u64
                };
                rows.iter().map(sum).sum()
            }

            async fn ours(db: &Db) -> Result<u64> {
                Ok(Self::sum(&Self::find().all(db).await?))
            }

            async fn by_hand(conn: &mut Conn, statement: &Statement) -> Result<u64> {
                let rows = conn.exec_map(statement, (), Self::read).await?;
                let rows: Option<Vec<Self>> = rows.into_iter().collect();
                Ok(Self::sum(&rows.context("a column was taken twice")?))
            }
        }
    };
}

model!(
    Four in "fours":
    number01 number02
    |
    text01
);

model!(
    Sixteen in "sixteens":
    number01 number02 number03 number04 number05 number06 number07 number08
    |
    text01 text02 text03 text04 text05 text06 text07
);

model!(
    ThirtyTwo in "thirty_twos":
    number01 number02 number03 number04 number05 number06 number07 number08 number09 number10
    number11 number12 number13 number14 number15 number16
    |
    text01 text02 text03 text04 text05 text06 text07 text08 text09 text10 text11 text12 text13
    text14 text15
);

model!(
    SixtyFour in "sixty_fours":
    number01 number02 number03 number04 number05 number06 number07 number08 number09 number10
    number11 number12 number13 number14 number15 number16 number17 number18 number19 number20
    number21 number22 number23 number24 number25 number26 number27 number28 number29 number30
    number31 number32
    |
    text01 text02 text03 text04 text05 text06 text07 text08 text09 text10 text11 text12 text13
    text14 text15 text16 text17 text18 text19 text20 text21 text22 text23 text24 text25 text26
    text27 text28 text29 text30 text31
);

pub async fn subject(url: &str) -> Result<Subject> {
    let db = Ours::connect(url, 1).await?.0;
    Four::fill(&db).await?;
    Sixteen::fill(&db).await?;
    ThirtyTwo::fill(&db).await?;
    SixtyFour::fill(&db).await?;
    Ok(Subject {
        title: "Columns of 1,000 rows",
        units: "columns",
        unit: "column",
        sizes: vec![4, 16, 32, 64],
        memory: false,
        workers: vec![Box::new(All(Ours::connect(url, 1).await?.0)), Box::new(ByHand::open(url).await?)],
    })
}

struct All(Db);

impl Worker for All {
    fn name(&self) -> &'static str {
        "orm-core"
    }

    fn work(&mut self, columns: u64) -> Local<'_, u64> {
        Box::pin(async move {
            match columns {
                4 => Four::ours(&self.0).await,
                16 => Sixteen::ours(&self.0).await,
                32 => ThirtyTwo::ours(&self.0).await,
                64 => SixtyFour::ours(&self.0).await,
                other => bail!("no table has {other} columns"),
            }
        })
    }
}

struct ByHand {
    conn: Conn,
    statements: [Statement; 4],
}

impl ByHand {
    async fn open(url: &str) -> Result<Self> {
        let mut conn = by_hand(url).await?;
        let statements = [
            conn.prep(Four::SELECT).await?,
            conn.prep(Sixteen::SELECT).await?,
            conn.prep(ThirtyTwo::SELECT).await?,
            conn.prep(SixtyFour::SELECT).await?,
        ];
        Ok(Self { conn, statements })
    }
}

impl Worker for ByHand {
    fn name(&self) -> &'static str {
        "mysql_async"
    }

    fn work(&mut self, columns: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let [four, sixteen, thirty_two, sixty_four] = &self.statements;
            match columns {
                4 => Four::by_hand(&mut self.conn, four).await,
                16 => Sixteen::by_hand(&mut self.conn, sixteen).await,
                32 => ThirtyTwo::by_hand(&mut self.conn, thirty_two).await,
                64 => SixtyFour::by_hand(&mut self.conn, sixty_four).await,
                other => bail!("no table has {other} columns"),
            }
        })
    }
}
