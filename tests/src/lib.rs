//! What the tests share: the databases there are, and an empty database for each test.

pub mod fixture;
pub mod server;

pub use fixture::Fixture;
pub use server::Server;

/// What a test returns: nothing, or why it failed.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
