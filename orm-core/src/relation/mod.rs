//! Associations between models: their constants, accessors and eager loading.

mod accessors;
mod association;
mod attach;
mod check;
mod filter;
mod include;
mod index;
mod many;
mod nested;
mod one;
mod related;
mod view;

pub use crate::model::{Optional, Required};
pub use accessors::Reference;
#[doc(hidden)]
pub use accessors::{
    BelongsToTarget, ByKey, ByMut, ByRecord, Given, HasManyTarget, HasOneTarget, JoinRow, ManyToManyTarget,
    PairTarget, PlainPair,
};
#[doc(hidden)]
pub use association::Data;
pub use association::{Association, BelongsTo, HasMany, HasOne, Kind, ManyToMany};
#[doc(hidden)]
pub use attach::{Append, Attach};
#[doc(hidden)]
pub use check::{can_be_referred_to, has_key_of_one_column, is_pair, same_column, same_key};
pub use include::Include;
#[doc(hidden)]
pub use nested::{NestedTarget, Part, With};
#[doc(hidden)]
pub use one::ToOne;
#[doc(hidden)]
pub use related::Attached;
pub use related::{Counted, Related};
pub use view::View;
