//! Reading and changing what one record is associated with.
//!
//! The derive writes the accessors, `user.set_tasks(..)`, as methods of one line each. They call functions of the traits in here, which
//! every model has. The traits have a lifetime, so that whether the other side is a model is asked where an accessor is called:
//! as bounds without one the compiler would ask it of every accessor, and report one mistake many times.

/// Calls a verb on a `Db` or a `Transaction`, whichever it is.
macro_rules! on {
    ($handle:expr, |$db:ident| $call:expr) => {
        match $handle {
            crate::db::Handle::Db($db) | crate::db::Handle::Reading($db) => $call,
            crate::db::Handle::Transaction($db) => $call,
        }
    };
}

mod belongs_to;
mod children;
mod has_many;
mod has_one;
mod keys;
mod many_to_many;
mod pairs;
mod reference;

pub use belongs_to::BelongsToTarget;
pub use has_many::HasManyTarget;
pub use has_one::HasOneTarget;
pub(super) use keys::{Row, referred};
pub use many_to_many::{ManyToManyTarget, PairTarget};
pub(super) use pairs::link_all;
pub use pairs::{JoinRow, PlainPair};
pub use reference::Reference;
pub use reference::{ByKey, ByMut, ByRecord, Given};
