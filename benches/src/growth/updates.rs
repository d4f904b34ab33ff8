//! Rows that each get another value: in one statement for many, and one by one.

use anyhow::{Result, ensure};
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Statement, TxOpts};
use orm_core::prelude::*;

use super::{Subject, Worker, by_hand};
use crate::contestant::Local;
use crate::contestants::ours::Ours;

const SIZES: [u64; 5] = [1, 10, 100, 1_000, 10_000];

#[derive(Model, Debug, Clone)]
struct Counter {
    id: u64,
    label: String,
    count: i64,
}

pub async fn subject(url: &str) -> Result<Subject> {
    let db = Ours::connect(url, 1).await?.0;
    Counter::sync(&db).await?;
    let rows = SIZES.into_iter().max().unwrap_or(0);
    let drafts = (1..=rows).map(|id| Counter::build().id(id).label(format!("counter {id}")).count(-1));
    Counter::bulk_insert(drafts).exec(&db).await?;
    let records = Counter::find().order_by(Counter::ID).all(&db).await?;
    let mut workers: Vec<Box<dyn Worker>> = vec![
        Box::new(Bulk(Ours::connect(url, 1).await?.0, counted_from(&records, 0))),
        Box::new(Each(Ours::connect(url, 1).await?.0, counted_from(&records, 1))),
        Box::new(ByHand::open(url, counted_from(&records, 2)).await?),
    ];
    for (range, worker) in workers.iter_mut().enumerate() {
        check(&db, &mut **worker, counted_from(&records, range)).await?;
    }
    Ok(Subject {
        title: "Rows updated, each with a value of its own",
        units: "rows",
        unit: "row",
        sizes: SIZES.to_vec(),
        memory: false,
        workers,
    })
}

/// The records with counts that nobody else comes to: a value that is there already is not written again.
fn counted_from(records: &[Counter], range: usize) -> Vec<Counter> {
    let mut records = records.to_vec();
    let from = 1_000_000_000 * i64::try_from(range).unwrap_or(0);
    records.iter_mut().for_each(|record| record.count = from);
    records
}

/// Each goes on by a step of its own.
fn count_on(records: &mut [Counter], size: u64) -> &mut [Counter] {
    let records = &mut records[..usize::try_from(size).unwrap_or(usize::MAX)];
    records.iter_mut().for_each(|record| record.count += 1 + i64::try_from(record.id % 7).unwrap_or(0));
    records
}

/// What a worker leaves in the table is what it was to write.
async fn check(db: &Db, worker: &mut dyn Worker, mut records: Vec<Counter>) -> Result<()> {
    const ROWS: u64 = 600;
    for size in [ROWS, ROWS / 2] {
        let updated = worker.work(size).await?;
        count_on(&mut records, size);
        let found = Counter::find().order_by(Counter::ID).limit(ROWS).all(db).await?;
        let same = found.iter().zip(&records).all(|(found, record)| found.count == record.count);
        ensure!(updated == size && same, "{}: wrong counts after {size} updates", worker.name());
    }
    Ok(())
}

struct Bulk(Db, Vec<Counter>);

impl Worker for Bulk {
    fn name(&self) -> &'static str {
        "orm-core, bulk_update"
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let records = count_on(&mut self.1, size);
            Ok(Counter::bulk_update(&self.0, records, Counter::COUNT).await?)
        })
    }
}

struct Each(Db, Vec<Counter>);

impl Worker for Each {
    fn name(&self) -> &'static str {
        "orm-core, update of each"
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let records = count_on(&mut self.1, size);
            let updated = self.0.transaction(async |tx| {
                let mut updated = 0;
                for record in &*records {
                    let found = Counter::find().filter(Counter::ID.eq(record.id));
                    updated += found.update(tx, Counter::COUNT.set(record.count)).await?;
                }
                Ok(updated)
            });
            Ok(updated.await?)
        })
    }
}

struct ByHand {
    conn: Conn,
    statement: Statement,
    records: Vec<Counter>,
}

impl ByHand {
    async fn open(url: &str, records: Vec<Counter>) -> Result<Self> {
        let mut conn = by_hand(url).await?;
        let statement = conn.prep("UPDATE counters SET count = ? WHERE id = ?").await?;
        Ok(Self { conn, statement, records })
    }
}

impl Worker for ByHand {
    fn name(&self) -> &'static str {
        "mysql_async, UPDATE of each"
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let mut transaction = self.conn.start_transaction(TxOpts::default()).await?;
            let mut updated = 0;
            for record in &*count_on(&mut self.records, size) {
                transaction.exec_drop(&self.statement, (record.count, record.id)).await?;
                updated += transaction.affected_rows();
            }
            transaction.commit().await?;
            Ok(updated)
        })
    }
}
