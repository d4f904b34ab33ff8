//! Records with what belongs to them, beside hand-written `mysql_async` that sends the same statements.

use anyhow::Result;

use super::mysql::TARGET;
use super::{Report, beside_first, compete, database_name, with_database};
use crate::contestant::Entrant;
use crate::contestants::ours::Ours;
use crate::contestants::raw_includes::RawIncludes;
use crate::eager::{Loading, memory};
use crate::program::Setup;
use crate::schema::MysqlTables;
use crate::summary::Summary;
use crate::table;
use crate::workload::Workload;

/// The most that a load may have in use, as a multiple of what its result owns.
const MEMORY: f64 = 1.3;

pub fn run(url: &str, setup: &Setup<'_>) -> Result<Report> {
    setup.progress.set_prefix("includes");
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let name = database_name("includes");
        let mut tables = MysqlTables::create(url, &name).await?;
        let result = measure(&with_database(url, &name)?, &mut tables, setup).await;
        tables.drop_database().await?;
        result
    })
}

async fn measure(url: &str, tables: &mut MysqlTables, setup: &Setup<'_>) -> Result<Report> {
    Ours::connect(url, 1).await?.fill_trees().await?;
    let mut entrants: Vec<Box<dyn Entrant>> = vec![
        Box::new(Loading(RawIncludes::connect("mysql_async", url).await?)),
        Box::new(Loading(Ours::connect(url, 1).await?)),
        Box::new(Loading(RawIncludes::connect("mysql_async again", url).await?)),
    ];
    entrants.extend(setup.peers.includes(url).await?);
    let pairs = beside_first(entrants.len(), Some(TARGET));
    let server = format!("Server {}", tables.version().await?);
    let title = format!("Includes, {server}");
    let outcomes = compete(Workload::INCLUDES, entrants, tables, setup).await?;
    let mut details = table::write(&title, &outcomes, &pairs);
    if setup.alone.is_none() && setup.wants(Workload::IncludeMany) {
        let ours = memory(&mut Ours::connect(url, 1).await?).await?;
        let base = memory(&mut RawIncludes::connect("mysql_async", url).await?).await?;
        details.push_str(&table::memory(&Workload::IncludeMany.to_string(), ours, base, MEMORY));
    }
    Ok(Report { summary: Summary::of(&server, &outcomes, 0), details })
}
