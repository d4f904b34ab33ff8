//! One file a contestant.

pub mod ours;
pub mod raw;
pub mod raw_pool;
pub mod rusqlite;
