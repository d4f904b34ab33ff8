//! The metadata of a model, written as constants by the derive: tables, columns, indexes.

mod column;
mod table;

pub use column::{ColumnDef, DataType, Literal, Managed};
pub use table::{Index, Table};
