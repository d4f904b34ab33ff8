//! The databases, a folder each. This is the only file that names them all, and the only one that asks for a feature.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use crate::driver::Connector;
use crate::error::{Error, Result};

/// The connector for the database at this URL, or for the cluster that has further addresses. May ask the server who it is.
///
/// # Errors
/// `Configuration` for a URL that no database here understands, and what connecting can say.
pub(crate) async fn open(url: &str, further: &[String]) -> Result<Arc<dyn Connector>> {
    match url.split_once(':').map_or("", |(scheme, _)| scheme) {
        #[cfg(feature = "mysql")]
        "mysql" | "mariadb" => Ok(Arc::new(mysql::MysqlConnector::open(url, further).await?)),
        #[cfg(feature = "sqlite")]
        "sqlite" if !further.is_empty() => {
            Err(Error::Configuration("a SQLite database has one address only".into()))
        }
        #[cfg(feature = "sqlite")]
        "sqlite" => Ok(Arc::new(sqlite::SqliteConnector::new(url)?)),
        // Only the scheme is shown: the rest may hold a password.
        scheme => Err(unknown_scheme(scheme)),
    }
}

fn unknown_scheme(scheme: &str) -> Error {
    let needed = match scheme {
        "mysql" | "mariadb" => "the feature `mysql` of orm-core",
        "sqlite" => "the feature `sqlite` of orm-core",
        _ => {
            "one of the schemes `mysql:`, `mariadb:` and `sqlite:`, as in mysql://user:password@localhost:3306/database"
        }
    };
    Error::Configuration(
        format!("a database URL with the scheme {scheme:?} cannot be opened: it needs {needed}").into(),
    )
}
