//! Against real servers, where `MYSQL_URL` or `MARIADB_URL` name some. Each test has a database of its own.

mod connecting;
mod dialect;
mod errors;
mod hostile;
mod session;
mod trees;
mod values;

use std::borrow::Cow;

use super::MysqlConnector;
use crate::driver::{Cells, Connection, Connector as _, Done, Flow, NoRows, RowSink, Statement};
use crate::error::{Error, Result};
use crate::value::Value;

/// Keeps all rows.
#[derive(Debug, Default)]
struct Rows {
    names: Vec<String>,
    rows: Vec<Vec<Value<'static>>>,
    fail_at: Option<usize>,
    pause: bool,
}

impl RowSink for Rows {
    fn wants_columns(&self) -> bool {
        true
    }

    fn columns(&mut self, names: &[&str]) -> Result<()> {
        self.names = names.iter().map(|&name| name.to_owned()).collect();
        Ok(())
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        if self.fail_at == Some(self.rows.len()) {
            return Err(Error::custom("the sink has enough"));
        }
        let nulls: Vec<_> = (0..cells.len()).map(|n| cells.is_null(n)).collect();
        let row: Vec<_> = (0..cells.len()).map(|n| cells.take(n).into_owned()).collect();
        assert!(row.iter().map(Value::is_null).eq(nulls), "known before it is taken");
        assert!(cells.is_null(99), "past the end");
        assert_eq!(cells.take(99), Value::Null, "past the end");
        self.rows.push(row);
        Ok(if self.pause { Flow::Pause } else { Flow::Continue })
    }
}

/// A database of its own on one server.
struct Server {
    url: String,
    base: String,
    name: String,
}

impl Server {
    async fn connect(&self) -> Box<dyn Connection> {
        connect(&self.url).await.unwrap()
    }
}

async fn connect(url: &str) -> Result<Box<dyn Connection>> {
    MysqlConnector::open(url, &[]).await?.connect().await
}

/// Runs a test on each server that is there, in a fresh database.
async fn on_servers(test: &str, run: impl AsyncFn(&Server)) {
    for variable in ["MYSQL_URL", "MARIADB_URL"] {
        let Ok(base) = std::env::var(variable) else {
            println!("{variable} is not set: {test} not run there");
            continue;
        };
        let base = base.trim_end_matches('/').to_owned();
        let name = format!("orm_core_{}_{test}", std::process::id());
        let server = Server { url: format!("{base}/{name}"), base, name };
        let mut admin = connect(&server.base).await.unwrap();
        text(&mut admin, &format!("DROP DATABASE IF EXISTS {}", server.name)).await.unwrap();
        text(&mut admin, &format!("CREATE DATABASE {}", server.name)).await.unwrap();
        run(&server).await;
        text(&mut admin, &format!("DROP DATABASE {}", server.name)).await.unwrap();
        admin.close().await;
    }
}

async fn text(connection: &mut Box<dyn Connection>, sql: &str) -> Result<Done> {
    connection.query(Statement::Text(sql), &[], &mut NoRows).await
}

async fn run(connection: &mut Box<dyn Connection>, sql: &str, params: Vec<Value<'_>>) -> Result<Done> {
    connection.query(Statement::Dynamic(sql), &params, &mut NoRows).await
}

async fn rows(
    connection: &mut Box<dyn Connection>,
    sql: &str,
    params: Vec<Value<'_>>,
) -> Vec<Vec<Value<'static>>> {
    let mut sink = Rows::default();
    connection.query(Statement::Dynamic(sql), &params, &mut sink).await.unwrap();
    sink.rows
}

fn string(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn bytes(bytes: &[u8]) -> Value<'_> {
    Value::Bytes(Cow::Borrowed(bytes))
}
