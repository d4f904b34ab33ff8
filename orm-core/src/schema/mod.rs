//! The metadata of a model, written as constants by the derive: tables, columns, indexes, foreign keys.

mod column;
mod table;

pub use column::{ColumnDef, DataType, Literal, Managed};
pub use table::{ForeignKey, ForeignKeyAction, Index, Table};
