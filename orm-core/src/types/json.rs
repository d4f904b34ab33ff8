//! JSON documents, as they are or as a Rust type.

/// A Rust type stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);
