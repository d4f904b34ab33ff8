//! How cost grows with the amount of work.

use anyhow::Result;

use super::{Report, database_name, with_database};
use crate::contestants::ours::Ours;
use crate::growth::{self, Budget, Series, Subject};
use crate::program::Setup;
use crate::schema::MysqlTables;

pub fn run(url: &str, setup: &Setup<'_>) -> Result<Report> {
    setup.progress.set_prefix("growth");
    let mut series =
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(single(url, setup))?;
    let crowd = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    series.extend(crowd.block_on(tasks(url, setup))?);
    if let Some(path) = &setup.growth_svg {
        growth::plot(&series, path)?;
    }
    Ok(Report { details: growth::report(&series), ..Report::default() })
}

async fn single(url: &str, setup: &Setup<'_>) -> Result<Vec<Series>> {
    let name = database_name("growth");
    let tables = MysqlTables::create(url, &name).await?;
    let url = with_database(url, &name)?;
    setup.progress.set_message("filling");
    let series = async { measure(growth::single(&url, setup.quick).await?, setup).await };
    let series = series.await;
    tables.drop_database().await?;
    series
}

async fn tasks(url: &str, setup: &Setup<'_>) -> Result<Vec<Series>> {
    let name = database_name("tasks");
    let tables = MysqlTables::create(url, &name).await?;
    let url = with_database(url, &name)?;
    Ours::connect(&url, 1).await?.fill().await?;
    let series = async { measure(vec![growth::tasks(&url).await?], setup).await };
    let series = series.await;
    tables.drop_database().await?;
    series
}

async fn measure(subjects: Vec<Subject>, setup: &Setup<'_>) -> Result<Vec<Series>> {
    setup.progress.set_length(subjects.iter().map(|subject| subject.sizes.len() as u64).sum());
    setup.progress.set_position(0);
    let budget = Budget::of(setup.plan, setup.quick);
    let mut series = Vec::new();
    for subject in subjects {
        series.push(growth::measure(subject, budget, &setup.progress).await?);
    }
    Ok(series)
}
