//! The databases, a folder each. This is the only file that names them all, and the only one that asks for a feature.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use crate::driver::Connector;
use crate::error::{Error, Result};

/// The connector for this URL. May ask the server who it is.
///
/// # Errors
/// `Configuration` for a URL that no database here understands, and what connecting can say.
pub(crate) async fn open(url: &str) -> Result<Arc<dyn Connector>> {
    // Only the scheme is shown: the rest may hold a password.
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    Err(Error::Configuration(format!("no database for URLs of the scheme {scheme:?} is compiled in").into()))
}
