//! Column types: what is stored comes back, on every database, up to the edges; what cannot be stored is refused before it is sent.

pub(crate) mod edges;
pub(crate) mod random;
pub(crate) mod refused;
pub(crate) mod sums;
