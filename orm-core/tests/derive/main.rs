//! What the derives write, seen from outside: metadata, rows and back, drafts, names that get in the way.

#![allow(unreachable_pub)]
#![deny(missing_docs, unused, private_interfaces, private_bounds, unreachable_patterns, non_camel_case_types)]

mod associations;
mod cells;
mod hygiene;
mod metadata;
mod small;
mod values;

/// As a crate that re-exports this one under another name.
pub mod elsewhere {
    pub use orm_core as database;
}
