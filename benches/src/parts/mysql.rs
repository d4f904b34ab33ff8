//! One connection to a server, beside hand-written `mysql_async`, which also competes with itself to show the noise.

use anyhow::Result;

use super::{compete, database_name, with_database};
use crate::Setup;
use crate::contestant::{Entrant, Single};
use crate::contestants::ours::Ours;
use crate::contestants::raw::Raw;
use crate::schema::MysqlTables;
use crate::table::{self, Pair, Target};
use crate::workload::Workload;

pub(super) const TARGET: Target = Target { wall: 1.10, cpu: 1.25 };

pub fn run(url: &str, setup: &Setup) -> Result<String> {
    setup.progress.set_prefix("server");
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let name = database_name("single");
        let mut tables = MysqlTables::create(url, &name).await?;
        let result = measure(&with_database(url, &name)?, &mut tables, setup).await;
        tables.drop_database().await?;
        result
    })
}

async fn measure(url: &str, tables: &mut MysqlTables, setup: &Setup) -> Result<String> {
    // Everybody measures on a fresh connection: what the filling sent would have taught the kernel other buffer sizes.
    Ours::connect(url, 1).await?.fill().await?;
    let ours = Ours::connect(url, 1).await?;
    let entrants: Vec<Box<dyn Entrant>> = vec![
        Box::new(Single(Raw::connect("mysql_async", url).await?)),
        Box::new(Single(ours)),
        Box::new(Single(Raw::connect("mysql_async again", url).await?)),
    ];
    let title = format!("Server {}", tables.version().await?);
    let outcomes = compete(Workload::SINGLE, entrants, tables, setup).await?;
    let pairs = [Pair { ours: 1, base: 0, target: Some(TARGET) }, Pair { ours: 2, base: 0, target: None }];
    Ok(table::write(&title, &outcomes, &pairs))
}
