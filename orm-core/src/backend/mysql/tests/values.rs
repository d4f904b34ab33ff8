//! Values there and back.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveTime};

use super::{Rows, bytes, on_servers, rows, run, string, text};
use crate::driver::{Control, Done, Statement};
use crate::error::Error;
use crate::value::Value;

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
        connection.query(Statement::Text("SELECT i, u, f, d, s, day FROM t"), &[], &mut sink).await.unwrap();
        assert_eq!(sink.names, ["i", "u", "f", "d", "s", "day"]);
        assert_eq!(sink.rows[0][..2], [Value::Int(i64::MIN), Value::UInt(u64::MAX)]);
        assert!(matches!(sink.rows[0][2..4], [Value::Float(_), Value::Double(_)]));
        assert_eq!(sink.rows[0][5], bytes(b"2024-02-29"));
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_rows_arrive_one_by_one() {
    on_servers("thousands", async |server| {
        let mut connection = server.connect().await;
        text(&mut connection, "CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(40))").await.unwrap();
        let digits = "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 \
                      UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
        let fill = format!(
            "INSERT INTO t SELECT a.d + 10*b.d + 100*c.d + 1000*e.d, CONCAT('row ', a.d + 10*b.d + 100*c.d + 1000*e.d) \
             FROM {digits} a, {digits} b, {digits} c, {digits} e"
        );
        assert_eq!(text(&mut connection, &fill).await.unwrap().affected, 10_000);
        for pause in [false, true] {
            let mut sink = Rows { pause, ..Rows::default() };
            connection
                .query(Statement::Dynamic("SELECT id, s FROM t ORDER BY id"), &[], &mut sink)
                .await
                .unwrap();
            assert_eq!(sink.names, ["id", "s"]);
            assert_eq!(sink.rows.len(), 10_000);
            assert_eq!(sink.rows[9_876], [Value::Int(9_876), bytes(b"row 9876")]);
        }
        // A sink that fails: the rest is read, and the connection is as good as before.
        let mut sink = Rows { fail_at: Some(3), ..Rows::default() };
        let error =
            connection.query(Statement::Dynamic("SELECT id, s FROM t"), &[], &mut sink).await.unwrap_err();
        assert!(matches!(error, Error::Custom(_)));
        assert_eq!(sink.rows.len(), 3);
        assert!(!connection.is_broken());
        assert_eq!(rows(&mut connection, "SELECT COUNT(*) FROM t", vec![]).await, [[Value::Int(10_000)]]);
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_date_stays_text() {
    on_servers("zero", async |server| {
        let mut connection = server.connect().await;
        text(
            &mut connection,
            "CREATE TABLE t (day DATE, moment DATETIME(6), stamp TIMESTAMP NULL, clock TIME, bits BIT(9), y YEAR)",
        )
        .await
        .unwrap();
        text(&mut connection, "SET sql_mode=''").await.unwrap();
        text(
            &mut connection,
            "INSERT INTO t VALUES ('0000-00-00', '0000-00-00', '2024-01-02 03:04:05', '-100:00:01', b'100000001', 2024), \
             ('2024-00-05', '2024-05-00 01:02:03', NULL, '24:00:00', NULL, NULL), \
             ('2024-01-01', '2024-01-01', NULL, '00:00:00', NULL, NULL)",
        )
        .await
        .unwrap();
        connection.control(Control::Reset).await.unwrap();
        let found = rows(&mut connection, "SELECT * FROM t", vec![]).await;
        let day = NaiveDate::from_ymd_opt(2024, 1, 2).unwrap();
        assert_eq!(
            found[0],
            [
                string("0000-00-00 00:00:00"),
                string("0000-00-00 00:00:00"),
                Value::DateTime(day.and_hms_opt(3, 4, 5).unwrap()),
                string("-100:00:01.000000"),
                bytes(&[1, 1]),
                Value::Int(2024),
            ]
        );
        assert_eq!(found[1][..2], [string("2024-00-05 00:00:00"), string("2024-05-00 01:02:03")]);
        assert_eq!(found[1][3], string("24:00:00.000000"));
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        assert_eq!(
            found[2][..2],
            [Value::Date(first), Value::DateTime(first.and_time(NaiveTime::MIN))],
            "midnight is sent short"
        );
        assert_eq!(found[2][3], Value::Time(NaiveTime::MIN));
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn text_of_each_class_is_exact() {
    on_servers("sixteen", async |server| {
        // Over 16 MiB the driver sends values in pieces, ahead of the statement.
        let mut connection = server.connect().await;
        text(&mut connection, "CREATE TABLE t (id INT, a LONGBLOB, b LONGTEXT, n INT)").await.unwrap();
        let limit = connection.packet_limit();
        let big = vec![200_u8; 17 * 1024 * 1024];
        let params = |big| vec![Value::Int(1), bytes(big), string("ü"), Value::Int(5)];
        let insert = "INSERT INTO t VALUES (?, ?, ?, ?)";
        if big.len() < limit {
            run(&mut connection, insert, params(&big)).await.unwrap();
            let found =
                rows(&mut connection, "SELECT a, b, n FROM t WHERE id = ?", vec![Value::Int(1)]).await;
            assert!(found == [[bytes(&big), string("ü"), Value::Int(5)].map(as_bytes)]);
        }
        let too_big = vec![1_u8; limit];
        let error = run(&mut connection, insert, params(&too_big)).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
        let nearly = vec![1_u8; limit.min(32 * 1024 * 1024) - 1_000];
        run(&mut connection, insert, params(&nearly)).await.unwrap();
        connection.close().await;
    })
    .await;
}

fn as_bytes(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Text(text) => Value::Bytes(Cow::Owned(text.into_owned().into_bytes())),
        other => other,
    }
}

#[tokio::test]
async fn further_results_of_a_procedure_are_left_out() {
    on_servers("procedure", async |server| {
        let mut connection = server.connect().await;
        text(&mut connection, "CREATE PROCEDURE p(n INT) BEGIN SELECT n; SELECT 2, 3; SELECT 4; END")
            .await
            .unwrap();
        for _ in 0..2 {
            assert_eq!(
                rows(&mut connection, "CALL p(?)", vec![Value::Int(1)]).await.first().unwrap(),
                &[Value::Int(1)]
            );
            assert_eq!(rows(&mut connection, "SELECT 9", vec![]).await, [[Value::Int(9)]]);
        }
        connection.close().await;
    })
    .await;
}
