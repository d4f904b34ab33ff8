//! SQL without I/O: the statement tree, how it is rendered, and what each database words differently.

pub mod ddl;
mod dialect;
mod expr;
pub mod fixed;
mod link;
pub mod select;
mod statement;
mod writer;

pub use dialect::{Capabilities, Dialect, Match};
pub use expr::{Compare, Expr};
pub use link::{Link, Through};
pub use statement::{OrderTerm, Rows};
pub use writer::{Rendered, Writer, check};
