//! Measures this project beside hand-written driver code and other libraries, in turns, and prints ratios as Markdown.
//!
//! A library, so that a contestant whose dependencies do not go together with the others' can have a program of its own.

mod allocations;
pub mod cells;
mod chart;
mod clock;
pub mod contestant;
mod contestants;
pub mod data;
pub mod eager;
mod growth;
mod parts;
pub mod peers;
pub mod program;
mod runner;
mod schema;
mod stats;
mod summary;
mod table;
mod verify;
pub mod workload;

#[cfg(feature = "peers")]
pub use contestants::peers::Everybody;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;
