//! What the programs in the guide (`docs/`) and in the README share. They are compiled and run as the doc tests of this crate.

use orm_core::prelude::*;

pub use crate::Note;

/// Runs a program of the guide on an empty database in memory, with the table of [`Note`] made.
///
/// # Panics
/// Where the program fails.
pub fn run(program: impl AsyncFnOnce(Db) -> orm_core::Result<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs nothing that could be missing");
    let outcome = runtime.block_on(async {
        let db = Db::connect("sqlite::memory:").await?;
        Note::sync(&db).await?;
        program(db).await
    });
    if let Err(error) = outcome {
        panic!("the program failed: {error}");
    }
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
    sequelize "../../docs/08-from-sequelize.md";
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
