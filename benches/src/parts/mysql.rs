//! One connection to a server, beside hand-written `mysql_async`, which also competes with itself to show the noise.

use anyhow::Result;

use super::{Report, beside_first, compete, database_name, with_database};
use crate::contestant::{Entrant, Single};
use crate::contestants::ours::Ours;
use crate::contestants::raw::Raw;
use crate::program::Setup;
use crate::schema::MysqlTables;
use crate::summary::Summary;
use crate::table::{self, Target};
use crate::workload::Workload;

pub(super) const TARGET: Target = Target { wall: 1.10, cpu: 1.25 };

pub fn run(url: &str, setup: &Setup<'_>) -> Result<Report> {
    setup.progress.set_prefix("server");
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let name = database_name("single");
        let mut tables = MysqlTables::create(url, &name).await?;
        let result = measure(&with_database(url, &name)?, &mut tables, setup).await;
        tables.drop_database().await?;
        result
    })
}

async fn measure(url: &str, tables: &mut MysqlTables, setup: &Setup<'_>) -> Result<Report> {
    // Everybody measures on a fresh connection: what the filling sent would have taught the kernel other buffer sizes.
    Ours::connect(url, 1).await?.fill().await?;
    let ours = Ours::connect(url, 1).await?;
    let mut entrants: Vec<Box<dyn Entrant>> = vec![
        Box::new(Single(Raw::connect("mysql_async", url).await?)),
        Box::new(Single(ours)),
        Box::new(Single(Raw::connect("mysql_async again", url).await?)),
    ];
    entrants.extend(setup.peers.single(url).await?);
    let pairs = beside_first(entrants.len(), Some(TARGET));
    let title = format!("Server {}", tables.version().await?);
    let outcomes = compete(Workload::SINGLE, entrants, tables, setup).await?;
    Ok(Report {
        summary: Summary::of(&title, &outcomes, 0),
        details: table::write(&title, &outcomes, &pairs),
    })
}
