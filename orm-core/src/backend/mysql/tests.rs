//! Against real servers, where `MYSQL_URL` or `MARIADB_URL` name some. Each test has a database of its own.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveTime};

use super::MysqlConnector;
use crate::driver::{
    Cells, Connection, Connector as _, Control, Done, FixedId, Flow, NoRows, RowSink, Statement,
};
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
        let row = (0..cells.len()).map(|n| cells.take(n).into_owned()).collect();
        assert_eq!(cells.take(0), Value::Null, "taken twice");
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
    MysqlConnector::open(url).await?.connect().await
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
    connection.query(Statement::Text(sql), Vec::new(), &mut NoRows).await
}

async fn run(connection: &mut Box<dyn Connection>, sql: &str, params: Vec<Value<'_>>) -> Result<Done> {
    connection.query(Statement::Dynamic(sql), params, &mut NoRows).await
}

async fn rows(
    connection: &mut Box<dyn Connection>,
    sql: &str,
    params: Vec<Value<'_>>,
) -> Vec<Vec<Value<'static>>> {
    let mut sink = Rows::default();
    connection.query(Statement::Dynamic(sql), params, &mut sink).await.unwrap();
    sink.rows
}

fn string(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn bytes(bytes: &[u8]) -> Value<'_> {
    Value::Bytes(Cow::Borrowed(bytes))
}

#[tokio::test]
async fn every_class_comes_back() {
    on_servers("classes", async |server| {
        let mut connection = server.connect().await;
        text(
            &mut connection,
            "CREATE TABLE t (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, i BIGINT, u BIGINT UNSIGNED, f FLOAT, d DOUBLE, \
             s VARCHAR(50), l LONGTEXT, b BINARY(16), x LONGBLOB, day DATE, clock TIME(6), moment DATETIME(6), m DECIMAL(28,10), \
             j JSON) DEFAULT CHARSET=utf8mb4",
        )
        .await
        .unwrap();
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        let clock = NaiveTime::from_hms_micro_opt(23, 59, 58, 123_456).unwrap();
        let uuid: Vec<u8> = (240..=255).collect();
        let long = "ü€𝄞'\"\\".repeat(5_000);
        let insert = "INSERT INTO t (i, u, f, d, s, l, b, x, day, clock, moment, m, j) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)";
        let params = || {
            vec![
                Value::Int(i64::MIN),
                Value::UInt(u64::MAX),
                Value::Float(1.5e-7),
                Value::Double(-1.234_567_890_123_456_7e300),
                string("ü€𝄞 \\ ' ?"),
                string(&long),
                bytes(&uuid),
                bytes(&[0, 255, 254, 39, 92]),
                Value::Date(day),
                Value::Time(clock),
                Value::DateTime(day.and_time(clock)),
                string("12345.6789"),
                string("{\"a\": [1, null]}"),
            ]
        };
        let done = run(&mut connection, insert, params()).await.unwrap();
        assert_eq!(done, Done { affected: 1, last_insert_id: Some(1) });
        let done = run(&mut connection, insert, vec![Value::Null; 13]).await.unwrap();
        assert_eq!(done.last_insert_id, Some(2));

        let select = "SELECT i, u, f, d, s, l, b, x, day, clock, moment, m, j FROM t ORDER BY id";
        let found = rows(&mut connection, select, vec![]).await;
        let mut wanted: Vec<Value<'_>> = params()
            .into_iter()
            .map(|value| match value {
                Value::Text(text) => Value::Bytes(Cow::Owned(text.into_owned().into_bytes())),
                other => other,
            })
            .collect();
        wanted[11] = bytes(b"12345.6789000000");
        assert_eq!(found, [wanted, vec![Value::Null; 13]]);

        // Bytes that are no UTF-8 find their row, and so do long ones.
        let select = "SELECT id FROM t WHERE b = ? AND l = ? AND moment = ? AND clock = ? AND day = ? AND u = ?";
        let params = vec![
            bytes(&uuid),
            string(&long),
            Value::DateTime(day.and_time(clock)),
            Value::Time(clock),
            Value::Date(day),
            Value::UInt(u64::MAX),
        ];
        // An unsigned number comes as a signed one where it fits.
        assert_eq!(rows(&mut connection, select, params).await, [[Value::Int(1)]]);
        assert_eq!(
            rows(&mut connection, "SELECT id FROM t WHERE b <=> ?", vec![Value::Null]).await,
            [[Value::Int(2)]]
        );

        // As text, numbers are numbers all the same.
        let mut sink = Rows::default();
        connection.query(Statement::Text("SELECT i, u, f, d, s, day FROM t"), vec![], &mut sink).await.unwrap();
        assert_eq!(sink.names, ["i", "u", "f", "d", "s", "day"]);
        assert_eq!(sink.rows[0][..2], [Value::Int(i64::MIN), Value::UInt(u64::MAX)]);
        assert!(matches!(sink.rows[0][2..4], [Value::Float(_), Value::Double(_)]));
        assert_eq!(sink.rows[0][5], bytes(b"2024-02-29"));
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn prepares_once() {
    static ID: FixedId = FixedId::new();
    on_servers("prepares", async |server| {
        let mut connection = server.connect().await;
        let prepared = async |connection: &mut Box<dyn Connection>| {
            let mut sink = Rows::default();
            let sql = "SHOW SESSION STATUS WHERE Variable_name IN ('Com_stmt_prepare', 'Com_stmt_close')";
            connection.query(Statement::Text(sql), vec![], &mut sink).await.unwrap();
            sink.rows.into_iter().map(|mut row| row.pop().unwrap()).collect::<Vec<_>>()
        };
        text(&mut connection, "CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY)").await.unwrap();
        let fixed = Statement::Fixed { id: &ID, sql: "SELECT id FROM t WHERE id = ?" };
        for n in 0..50 {
            run(&mut connection, "INSERT INTO t VALUES (?)", vec![Value::UInt(n)]).await.unwrap();
            let mut sink = Rows::default();
            connection.query(fixed, vec![Value::UInt(n)], &mut sink).await.unwrap();
            assert_eq!(sink.rows.len(), 1);
        }
        assert_eq!(prepared(&mut connection).await, [bytes(b"0"), bytes(b"2")]);
        // A hundred texts: as many are closed as do not fit.
        for n in 0..100 {
            assert_eq!(rows(&mut connection, &format!("SELECT {n}"), vec![]).await.len(), 1);
        }
        assert_eq!(prepared(&mut connection).await, [bytes(b"37"), bytes(b"102")]);
        // A reset loses them all; both kinds are prepared anew.
        connection.control(Control::Reset).await.unwrap();
        connection.query(fixed, vec![Value::UInt(7)], &mut NoRows).await.unwrap();
        assert_eq!(rows(&mut connection, "SELECT 99", vec![]).await, [[Value::Int(99)]]);
        connection.close().await;
    })
    .await;
}
