//! One file a contestant.

pub mod building;
pub mod ours;
pub mod ours_includes;
#[cfg(feature = "peers")]
pub mod peers;
pub mod raw;
pub mod raw_includes;
pub mod raw_pool;
#[cfg(feature = "sqlite")]
pub mod rusqlite;
