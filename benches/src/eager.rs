//! Who takes part in loading records with what belongs to them, and how much memory that takes.

use std::hint::black_box;

use anyhow::{Result, bail};

use crate::allocations;
use crate::cells::{Cells, Row};
use crate::clock::{Clock, Cost};
use crate::contestant::{Entrant, Local};
use crate::workload::Input;

/// Records with what belongs to each.
pub type With<A, B> = Vec<(A, Vec<B>)>;

/// A way to load records with what belongs to them, over one connection, into types of its own.
#[allow(async_fn_in_trait)]
pub trait Eager {
    type User: Cells;
    type Post: Cells;
    type Comment: Cells;
    type Order: Cells;
    type Detail: Cells;

    /// The heading of its results.
    fn name(&self) -> &'static str;
    async fn nested(&mut self) -> Result<With<Self::User, (Self::Post, Vec<Self::Comment>)>>;
    async fn many(&mut self) -> Result<With<Self::Order, Self::Detail>>;
}

/// Writes records with what belongs to them as rows: each before its own, and how deep it is before its cells.
pub trait Tree {
    fn write(&self, depth: usize, rows: &mut Vec<Row>);
}

impl<T: Cells> Tree for T {
    fn write(&self, depth: usize, rows: &mut Vec<Row>) {
        rows.push(std::iter::once(depth.to_string()).chain(self.cells()).collect());
    }
}

impl<A: Cells, B: Tree> Tree for (A, Vec<B>) {
    fn write(&self, depth: usize, rows: &mut Vec<Row>) {
        self.0.write(depth, rows);
        self.1.iter().for_each(|below| below.write(depth + 1, rows));
    }
}

fn rows(trees: &[impl Tree]) -> Vec<Row> {
    let mut rows = Vec::new();
    trees.iter().for_each(|tree| tree.write(0, &mut rows));
    rows
}

/// Enters a contestant.
pub struct Loading<C>(pub C);

impl<C: Eager> Entrant for Loading<C> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn once(&mut self, input: Input) -> Local<'_, Vec<Row>> {
        Box::pin(async move {
            Ok(match input {
                Input::Nested => rows(&self.0.nested().await?),
                Input::Many => rows(&self.0.many().await?),
                other => bail!("only includes are asked for, not {other:?}"),
            })
        })
    }

    fn slot(&mut self, inputs: Vec<Input>) -> Local<'_, Cost> {
        Box::pin(async move {
            let clock = Clock::start();
            for input in inputs {
                match input {
                    Input::Nested => drop(black_box(self.0.nested().await?)),
                    Input::Many => drop(black_box(self.0.many().await?)),
                    other => bail!("only includes are asked for, not {other:?}"),
                }
            }
            Ok(clock.stop())
        })
    }
}

/// What loading the many takes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    pub name: &'static str,
    /// The most bytes that were in use at a time while it loaded, beyond those from before.
    pub peak: i64,
    /// The bytes that are given back when the result is dropped.
    pub owned: i64,
}

/// Loads the many, and watches the bytes.
pub async fn memory(contestant: &mut impl Eager) -> Result<Memory> {
    // What a connection keeps from then on, such as prepared statements and buffers, belongs to no result.
    drop(contestant.many().await?);
    allocations::watch_bytes();
    let result = contestant.many().await;
    let (peak, live) = (allocations::peak(), allocations::live());
    drop(black_box(result?));
    let owned = live - allocations::live();
    allocations::set_counting(false);
    Ok(Memory { name: contestant.name(), peak, owned })
}
