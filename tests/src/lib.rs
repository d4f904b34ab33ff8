//! What the tests share: the databases there are, an empty database for each test, and what makes things go wrong and sees what is
//! left of it.

pub mod bank;
pub mod cluster;
pub mod cutter;
pub mod fake;
pub mod fixture;
pub mod ledger;
pub mod observer;
pub mod proxy;
pub mod seed;
pub mod server;
pub mod stones;

pub use fixture::Fixture;
pub use server::Server;

/// What a test returns: nothing, or why it failed.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
