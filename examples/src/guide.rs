//! What the programs in the guide (`docs/`) and in the README share. They are compiled and run as the doc tests of this crate.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{SystemTime, UNIX_EPOCH};

use orm_core::prelude::*;

pub use crate::Note;

/// Runs a program of the guide on an empty database with the table of [`Note`] made: on SQLite in memory, and on each server whose
/// URL is in the environment (`MYSQL_URL`, `MARIADB_URL`).
///
/// # Panics
/// Where the program fails.
pub fn run(program: impl AsyncFn(Db) -> orm_core::Result<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs nothing that could be missing");
    succeeded("SQLite", runtime.block_on(on("sqlite::memory:", &program)));
    for variable in ["MYSQL_URL", "MARIADB_URL"] {
        let Ok(server) = std::env::var(variable) else { continue };
        let name = format!("guide_{}", unique());
        succeeded(variable, runtime.block_on(execute(&server, format!("CREATE DATABASE {name}"))));
        let database = format!("{}/{name}", server.trim_end_matches('/'));
        let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(on(&database, &program))));
        succeeded(variable, runtime.block_on(execute(&server, format!("DROP DATABASE {name}"))));
        succeeded(variable, outcome.unwrap_or_else(|panic| resume_unwind(panic)));
    }
}

async fn on(url: &str, program: &impl AsyncFn(Db) -> orm_core::Result<()>) -> orm_core::Result<()> {
    let db = Db::connect(url).await?;
    Note::sync(&db).await?;
    program(db).await
}

async fn execute(server: &str, sql: String) -> orm_core::Result<()> {
    Db::connect(server).await?.execute(TrustedSql(sql), ()).await.map(drop)
}

fn succeeded(place: &str, outcome: orm_core::Result<()>) {
    if let Err(error) = outcome {
        panic!("the program failed on {place}: {error}");
    }
}

/// Programs run side by side, each in a process of its own.
fn unique() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}_{}", std::process::id(), now.as_nanos())
}

/// One module a text, whose programs become doc tests.
#[cfg(doctest)]
macro_rules! texts {
    ($($name:ident $path:literal;)*) => { $(#[doc = include_str!($path)] mod $name {})* };
}

#[cfg(doctest)]
texts! {
    readme "../../README.md";
    guide "../../docs/README.md";
    models "../../docs/01-models.md";
    creating "../../docs/02-creating.md";
    finding "../../docs/03-finding.md";
    changing "../../docs/04-changing.md";
    types "../../docs/05-types.md";
    errors "../../docs/06-errors.md";
    connections "../../docs/07-connections.md";
    associations "../../docs/08-associations.md";
    eager_loading "../../docs/09-eager-loading.md";
    sequelize "../../docs/10-from-sequelize.md";
    reliability "../../docs/11-reliability.md";
    clusters "../../docs/12-replicas-and-clusters.md";
    speed "../../docs/13-speed.md";
    driver "../../docs/14-driver.md";
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_readme_shows_the_quickstart() {
        let program = include_str!("../examples/quickstart.rs");
        let program: Vec<&str> = program.lines().filter(|line| !line.starts_with("//!")).collect();
        let readme = include_str!("../../README.md");
        assert!(
            readme.contains(program.join("\n").trim()),
            "README.md shows another program than quickstart.rs"
        );
    }
}
