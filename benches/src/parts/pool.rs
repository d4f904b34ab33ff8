//! 64 and 1,000 tasks over ten connections, beside the driver's own pool: tuned by hand, and as it comes.

use anyhow::Result;

use super::{compete, database_name, with_database};
use crate::Setup;
use crate::contestant::{Crowd, Entrant};
use crate::contestants::ours::Ours;
use crate::contestants::raw_pool::{Stock, Tuned};
use crate::schema::MysqlTables;
use crate::table::{self, Pair, Target};
use crate::workload::Workload;

const TUNED: Target = Target { wall: 1.10, cpu: 1.25 };
/// One and a half times as fast.
const STOCK: Target = Target { wall: 0.67, cpu: 0.67 };

pub fn run(url: &str, setup: &Setup) -> Result<String> {
    setup.progress.set_prefix("pool");
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(async {
        let name = database_name("pool");
        let mut tables = MysqlTables::create(url, &name).await?;
        let result = measure(&with_database(url, &name)?, &mut tables, setup).await;
        tables.drop_database().await?;
        result
    })
}

async fn measure(url: &str, tables: &mut MysqlTables, setup: &Setup) -> Result<String> {
    Ours::connect(url, 1).await?.fill().await?;
    let ours = Ours::connect(url, 10).await?;
    let (tuned, stock) = (Tuned::new(url)?, Stock::new(url)?);
    let mut outcomes = Vec::new();
    for (workload, tasks) in [(Workload::Pool, 64), (Workload::PoolThousand, 1_000)] {
        let entrants: Vec<Box<dyn Entrant>> = vec![
            Box::new(Crowd(tuned.clone(), tasks)),
            Box::new(Crowd(ours.clone(), tasks)),
            Box::new(Crowd(stock.clone(), tasks)),
        ];
        outcomes.extend(compete(&[workload], entrants, tables, setup).await?);
    }
    let pairs =
        [Pair { ours: 1, base: 0, target: Some(TUNED) }, Pair { ours: 1, base: 2, target: Some(STOCK) }];
    Ok(table::write("Pool", &outcomes, &pairs))
}
