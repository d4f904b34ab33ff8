//! Associations between models: their constants, accessors and eager loading.

mod association;
mod check;

pub use crate::model::{Optional, Required};
pub use association::{Association, BelongsTo, HasMany, HasOne, Kind, ManyToMany};
#[doc(hidden)]
pub use check::{can_be_referred_to, is_pair, same_column, same_key};
