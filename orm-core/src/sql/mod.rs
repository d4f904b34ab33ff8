//! SQL without I/O: the statement tree, how it is rendered, and what each database words differently.

mod dialect;
mod expr;
mod statement;

pub use dialect::{Capabilities, Dialect, Match};
pub use expr::{Compare, Expr};
pub use statement::{OrderTerm, Rows};
