//! 64 and 1,000 tasks over ten connections, beside the driver's own pool: tuned by hand, and as it comes. The tuned one also competes
//! with itself to show the noise.

use anyhow::Result;

use super::{Report, compete, database_name, with_database};
use crate::contestant::{Crowd, Entrant};
use crate::contestants::ours::Ours;
use crate::contestants::raw_pool::{Stock, Tuned};
use crate::program::Setup;
use crate::schema::MysqlTables;
use crate::summary::Summary;
use crate::table::{self, Pair, Target};
use crate::workload::Workload;

const TUNED: Target = Target { wall: 1.10, cpu: 1.25 };
/// One and a half times as fast.
const STOCK: Target = Target { wall: 0.67, cpu: 0.67 };

pub fn run(url: &str, setup: &Setup<'_>) -> Result<Report> {
    setup.progress.set_prefix("pool");
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(async {
        let name = database_name("pool");
        let mut tables = MysqlTables::create(url, &name).await?;
        let result = measure(&with_database(url, &name)?, &mut tables, setup).await;
        tables.drop_database().await?;
        result
    })
}

async fn measure(url: &str, tables: &mut MysqlTables, setup: &Setup<'_>) -> Result<Report> {
    Ours::connect(url, 1).await?.fill().await?;
    let ours = Ours::connect(url, 10).await?;
    let tuned = Tuned::new("mysql_async, tuned pool", url)?;
    let again = Tuned::new("mysql_async, tuned pool again", url)?;
    let stock = Stock::new(url)?;
    let mut outcomes = Vec::new();
    let mut count = 0;
    for (workload, tasks) in [(Workload::Pool, 64), (Workload::PoolThousand, 1_000)] {
        let mut entrants: Vec<Box<dyn Entrant>> = vec![
            Box::new(Crowd(tuned.clone(), tasks)),
            Box::new(Crowd(ours.clone(), tasks)),
            Box::new(Crowd(stock.clone(), tasks)),
            Box::new(Crowd(again.clone(), tasks)),
        ];
        entrants.extend(setup.peers.pool(url, tasks).await?);
        count = entrants.len();
        outcomes.extend(compete(&[workload], entrants, tables, setup).await?);
    }
    let mut pairs =
        vec![Pair { ours: 1, base: 0, target: Some(TUNED) }, Pair { ours: 1, base: 2, target: Some(STOCK) }];
    pairs.extend((3..count).map(|ours| Pair { ours, base: 0, target: None }));
    let server = format!("Server {}", tables.version().await?);
    let mut summary = Summary::of(&server, &outcomes, 0);
    summary.merge(Summary::of(&server, &outcomes, 2).note(" (stock)"));
    summary.leave_out(|name| name.starts_with("mysql_async, "));
    Ok(Report { summary, details: table::write(&format!("Pool, {server}"), &outcomes, &pairs) })
}
