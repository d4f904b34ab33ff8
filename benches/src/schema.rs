//! The one schema, in the words of each database, and what the benchmark itself does with it.

#[cfg(feature = "sqlite")]
pub mod sqlite;

use anyhow::{Context as _, Result};
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Row as DriverRow};

use crate::cells::Row;
use crate::contestant::Local;
use crate::contestants::raw::options;
use crate::runner::Tables;

const WRITTEN: &str = "SELECT id, name, category, price, stock, CAST(added AS CHAR) FROM inserts ORDER BY id";

const MYSQL: [&str; 8] = [
    "CREATE TABLE items (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL, \
     category VARCHAR(255) NOT NULL, price DOUBLE NOT NULL, stock BIGINT NOT NULL, added DATETIME(6) NOT NULL, \
     INDEX items_category_idx (category)) CHARACTER SET utf8mb4",
    "CREATE TABLE inserts (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL, \
     category VARCHAR(255) NOT NULL, price DOUBLE NOT NULL, stock BIGINT NOT NULL, added DATETIME(6) NOT NULL) CHARACTER SET utf8mb4",
    "CREATE TABLE wides (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, small SMALLINT NOT NULL, medium INT NOT NULL, \
     big BIGINT NOT NULL, flag TINYINT(1) NOT NULL, ratio DOUBLE NOT NULL, title VARCHAR(255) NOT NULL, code VARCHAR(255) NOT NULL, \
     body LONGTEXT NOT NULL, note VARCHAR(255), parent BIGINT UNSIGNED, made DATETIME(6) NOT NULL, day DATE NOT NULL, \
     amount DECIMAL(12,2) NOT NULL, document JSON NOT NULL, payload LONGBLOB NOT NULL) CHARACTER SET utf8mb4",
    "CREATE TABLE users (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL, \
     email VARCHAR(255) NOT NULL, joined DATETIME(6) NOT NULL) CHARACTER SET utf8mb4",
    "CREATE TABLE posts (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id BIGINT UNSIGNED NOT NULL, \
     title VARCHAR(255) NOT NULL, body LONGTEXT NOT NULL, published DATETIME(6) NOT NULL, INDEX posts_user_id_idx (user_id)) \
     CHARACTER SET utf8mb4",
    "CREATE TABLE comments (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, post_id BIGINT UNSIGNED NOT NULL, \
     author VARCHAR(255) NOT NULL, body VARCHAR(255) NOT NULL, INDEX comments_post_id_idx (post_id)) CHARACTER SET utf8mb4",
    "CREATE TABLE orders (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer VARCHAR(255) NOT NULL, \
     placed DATETIME(6) NOT NULL, paid TINYINT(1) NOT NULL) CHARACTER SET utf8mb4",
    "CREATE TABLE details (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, order_id BIGINT UNSIGNED NOT NULL, \
     product VARCHAR(255) NOT NULL, quantity INT NOT NULL, price DOUBLE NOT NULL, INDEX details_order_id_idx (order_id)) \
     CHARACTER SET utf8mb4",
];

/// Writes rows with these ids, of which nothing else is of interest.
fn add(ids: &[u64]) -> String {
    let row =
        |id: &u64| format!("({id}, 'a row that will go', 'none', 1.5, 1, '2020-01-01 00:00:00.000000')");
    let rows: Vec<String> = ids.iter().map(row).collect();
    format!("INSERT INTO inserts (id, name, category, price, stock, added) VALUES {}", rows.join(", "))
}

/// A database of our own on a server. [`MysqlTables::drop_database`] takes it away.
pub struct MysqlTables {
    conn: Conn,
    name: String,
}

impl MysqlTables {
    /// Creates the database with its tables, empty.
    pub async fn create(url: &str, name: &str) -> Result<Self> {
        let mut conn = Conn::new(options(url)?).await.context("no MySQL answers there")?;
        conn.query_drop(format!("CREATE DATABASE {name}")).await?;
        conn.query_drop(format!("USE {name}")).await?;
        for statement in MYSQL {
            conn.query_drop(statement).await?;
        }
        Ok(Self { conn, name: name.to_owned() })
    }

    pub async fn version(&mut self) -> Result<String> {
        self.conn.query_first("SELECT VERSION()").await?.context("a version")
    }

    pub async fn drop_database(mut self) -> Result<()> {
        self.conn.query_drop(format!("DROP DATABASE {}", self.name)).await?;
        Ok(self.conn.disconnect().await?)
    }
}

impl Tables for MysqlTables {
    fn empty(&mut self) -> Local<'_, ()> {
        Box::pin(async { Ok(self.conn.query_drop("TRUNCATE TABLE inserts").await?) })
    }

    fn add<'a>(&'a mut self, ids: &[u64]) -> Local<'a, ()> {
        let statement = add(ids);
        Box::pin(async { Ok(self.conn.query_drop(statement).await?) })
    }

    fn written(&mut self) -> Local<'_, Vec<Row>> {
        Box::pin(async {
            let text = |row: DriverRow| row.unwrap().iter().map(|cell| cell.as_sql(true)).collect();
            Ok(self.conn.query_map(WRITTEN, text).await?)
        })
    }

    fn stock(&mut self, id: u64) -> Local<'_, i64> {
        Box::pin(async move {
            let statement = format!("SELECT stock FROM items WHERE id = {id}");
            self.conn.query_first(statement).await?.context("the row")
        })
    }
}
