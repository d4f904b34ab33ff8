//! SQL without I/O: the statement tree, how it is rendered, and what each database words differently.

pub mod ddl;
mod dialect;
mod expr;
mod facts;
pub mod fixed;
pub mod given;
mod link;
pub mod select;
mod statement;
#[cfg(test)]
#[allow(dead_code, unused_imports, reason = "a build without some of the databases runs fewer")]
pub(crate) mod tests;
pub mod tree;
mod writer;

pub use dialect::{Capabilities, Dialect, GivenRows, Match, PerParent};
pub use expr::{Compare, Expr, Test};
pub use link::{Link, Through};
pub use statement::{Locked, OrderTerm, RowLock, Rows};
pub use writer::{Place, Rendered, Writer, check, too_large};
