//! What can be done with models: find, save, update, destroy, count, sync, and raw SQL.

mod aggregate;
mod bulk;
mod bulk_insert;
mod bulk_update;
mod column_list;
mod destroy;
mod insert;
mod key_text;
mod lock;
mod nested;
mod params;
mod plan;
mod projection;
mod raw;
mod record;
mod select;
mod sink;
mod statement;
mod stream;
mod sync;
mod update;

#[doc(hidden)]
pub use bulk_insert::Alone;
pub use bulk_insert::BulkInsert;
pub use column_list::ColumnList;
pub(crate) use insert::insert_record;
pub(crate) use key_text::key_text;
#[doc(hidden)]
pub use nested::DraftParts;
pub(crate) use nested::save_level;
pub use nested::{IntoDraft, Saved};
#[doc(hidden)]
pub use nested::{Nested, save};
pub(crate) use plan::Whole;
#[doc(hidden)]
pub use plan::{Keys, Plan};
pub use projection::{Projection, Selection, projected};
pub(crate) use projection::{of_projection, selected};
pub use raw::{Columns, FromRow, IntoSql, Param, Params, RawSql, TrustedSql};
pub use record::Record;
pub use select::Query;
pub use stream::RowStream;
