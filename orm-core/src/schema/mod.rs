//! The metadata of a model, written as constants by the derive: tables, columns, indexes, foreign keys.

mod column;
mod foreign_key;
mod table;

pub use column::{ColumnDef, DataType, Literal, Managed};
pub use foreign_key::{Action, ForeignKey};
pub use table::{Index, Table};
