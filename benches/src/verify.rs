//! Before anything is timed: everybody does everything once, and each cell must be the same.

use anyhow::{Context as _, Result, ensure};

use crate::cells::{Cells as _, Row};
use crate::contestant::Entrant;
use crate::data::{self, trees};
use crate::runner::{Pieces, Tables};
use crate::workload::{Input, Workload};

/// What a piece of work gave, and what is in the table that it wrote to.
struct Seen {
    given: Vec<Row>,
    stored: Vec<Row>,
}

/// Lets each contestant do one piece of this work, and compares what they read and what they wrote.
pub async fn verify(
    workload: Workload,
    entrants: &mut [Box<dyn Entrant>],
    tables: &mut dyn Tables,
) -> Result<()> {
    let mut first: Option<(&str, Seen)> = None;
    for (n, entrant) in entrants.iter_mut().enumerate().filter(|(_, entrant)| entrant.offers(workload)) {
        let name = entrant.name();
        let seen =
            look(workload, n, &mut **entrant, tables).await.with_context(|| format!("{name}: {workload}"))?;
        match &first {
            None => {
                ensure!(
                    workload.gives_nothing() || !seen.given.is_empty(),
                    "{name}: {workload} gave nothing"
                );
                truth(workload, &seen.given)
                    .with_context(|| format!("{name}: {workload}: what was put in, and what came out"))?;
                first = Some((name, seen));
            }
            Some((base, expected)) => {
                compare(&expected.given, &seen.given)
                    .with_context(|| format!("{workload}: what {base} and {name} give"))?;
                compare(&expected.stored, &seen.stored)
                    .with_context(|| format!("{workload}: what {base} and {name} store"))?;
            }
        }
    }
    Ok(())
}

async fn look(
    workload: Workload,
    n: usize,
    entrant: &mut dyn Entrant,
    tables: &mut dyn Tables,
) -> Result<Seen> {
    if workload.inserts() {
        tables.empty().await?;
    }
    // The same piece for everybody, but for updates, of which each must change something.
    let mut pieces = Pieces::default();
    let mut input = pieces.next(workload);
    if let Input::Delete(id) = input {
        tables.empty().await?;
        tables.add(&[id, id + 1]).await?;
        let given = entrant.once(input).await?;
        let stored = tables.written().await?;
        ensure!(stored.len() == 1, "{} of 2 rows are left where one was deleted", stored.len());
        return Ok(Seen { given, stored });
    }
    if let Input::Transaction { id, stock } = input {
        let given = entrant.once(input).await?;
        ensure!(tables.stock(id).await? == stock, "the row was not changed");
        return Ok(Seen { given, stored: Vec::new() });
    }
    if let Input::Update { id, stock } = &mut input {
        let (id, wanted) = (*id, *stock - 1_000 - i64::try_from(n)?);
        *stock = wanted;
        entrant.once(input).await?;
        ensure!(tables.stock(id).await? == wanted, "the row was not changed");
        return Ok(Seen { given: Vec::new(), stored: Vec::new() });
    }
    let given = entrant.once(input).await?;
    let stored = if workload.inserts() { tables.written().await? } else { Vec::new() };
    ensure!(
        !workload.inserts() || stored.len() == given.len(),
        "{} rows given, {} stored",
        given.len(),
        stored.len()
    );
    Ok(Seen { given, stored })
}

/// Compares what was read with what the tables were filled with.
fn truth(workload: Workload, given: &[Row]) -> Result<()> {
    let numbered = |n: u64, cells: Row| std::iter::once((n + 1).to_string()).chain(cells).collect();
    let expected: Vec<Row> = match workload {
        Workload::FindAll => (0..data::ROWS).map(|n| numbered(n, data::item(n).cells())).collect(),
        Workload::FindWide => (0..data::ROWS).map(|n| numbered(n, data::wide(n).cells())).collect(),
        Workload::IncludeNested => trees::nested(),
        Workload::IncludeMany => trees::many(),
        _ => return Ok(()),
    };
    compare(&expected, given)
}

fn compare(expected: &[Row], seen: &[Row]) -> Result<()> {
    ensure!(expected.len() == seen.len(), "{} rows and {}", expected.len(), seen.len());
    for (row, (expected, seen)) in expected.iter().zip(seen).enumerate() {
        ensure!(expected == seen, "row {row} differs:\n  {expected:?}\n  {seen:?}");
    }
    Ok(())
}
