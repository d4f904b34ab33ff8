//! Associations between models: their constants, accessors and eager loading.

mod association;

pub use crate::model::{Optional, Required};
pub use association::{Association, BelongsTo, HasMany, HasOne, Kind, ManyToMany};
