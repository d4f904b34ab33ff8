//! Reading and changing what one record is associated with.

/// Calls a verb on a `Db` or a `Transaction`, whichever it is.
macro_rules! on {
    ($handle:expr, |$db:ident| $call:expr) => {
        match $handle {
            crate::db::Handle::Db($db) => $call,
            crate::db::Handle::Transaction($db) => $call,
        }
    };
}

mod belongs_to;
mod children;
mod has_many;
mod has_one;
mod keys;
mod reference;

pub use reference::Reference;
#[doc(hidden)]
pub use reference::{ByKey, ByMut, ByRecord, Given};
