//! The databases, a folder each. This is the only file that names them all, and the only one that asks for a feature.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "sqlite")]
mod sqlite;
