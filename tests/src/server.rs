//! The databases that tests run on.

use std::fmt;

/// A database that tests can run on, and how it is reached.
#[derive(Debug, Clone)]
pub struct Server {
    name: &'static str,
    variable: Option<&'static str>,
    url: Option<String>,
}

impl Server {
    /// SQLite, and the servers whose URL is in the environment or not.
    pub fn all() -> Vec<Self> {
        vec![Self::sqlite(), Self::remote("mysql", "MYSQL_URL"), Self::remote("mariadb", "MARIADB_URL")]
    }

    fn sqlite() -> Self {
        Self { name: "sqlite", variable: None, url: None }
    }

    fn remote(name: &'static str, variable: &'static str) -> Self {
        Self {
            name,
            variable: Some(variable),
            url: std::env::var(variable).ok().filter(|url| !url.is_empty()),
        }
    }

    /// `sqlite`, `mysql` or `mariadb`: what `Db::dialect_name` says too.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The URL without a database; `None` for SQLite.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Whether it is there.
    pub fn is_available(&self) -> bool {
        self.variable.is_none() || self.url.is_some()
    }

    /// Whether it is SQLite, which is no server.
    pub fn is_sqlite(&self) -> bool {
        self.name == "sqlite"
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
