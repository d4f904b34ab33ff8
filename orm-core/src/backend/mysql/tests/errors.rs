//! Every number that matters, provoked.

use std::time::Duration;

use super::{on_servers, rows, run, string, text};
use crate::driver::{Connection, Control};
use crate::error::{Error, Violation};
use crate::value::Value;

async fn fails(connection: &mut Box<dyn Connection>, sql: &str) -> Error {
    let error = run(connection, sql, vec![]).await.expect_err(sql);
    assert!(!connection.is_broken(), "{sql}: {error:?}");
    error
}

fn check(violation: &Violation, columns: &[&str], codes: &[u32]) {
    assert_eq!(violation.columns, columns);
    assert!(codes.contains(&violation.code), "{violation:?}");
}

#[tokio::test]
async fn constraints_are_violations() {
    on_servers("violations", async |server| {
        let mut connection = server.connect().await;
        for sql in [
            "CREATE TABLE parents (id INT, shop INT, PRIMARY KEY (id, shop))",
            "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, u VARCHAR(40), n INT NOT NULL, s VARCHAR(3), tiny TINYINT, \
             uns BIGINT UNSIGNED NOT NULL DEFAULT 0, day DATETIME, j JSON, m DECIMAL(4,2), f FLOAT, e ENUM('a','b'), k INT, p INT, shop INT, \
             UNIQUE INDEX t_u_idx (u), CONSTRAINT t_k_check CHECK (k > 0), \
             CONSTRAINT t_p_fk FOREIGN KEY (p, shop) REFERENCES parents (id, shop)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "INSERT INTO parents VALUES (1, 1)",
            "INSERT INTO t (id, u, n, p, shop) VALUES (1, 'secret', 1, 1, 1)",
        ] {
            text(&mut connection, sql).await.unwrap();
        }
        let c = &mut connection;
        let Error::UniqueViolation(v) = fails(c, "INSERT INTO t (u, n) VALUES ('secret', 1)").await else { panic!() };
        assert_eq!((v.constraint.as_deref(), v.code), (Some("t_u_idx"), 1062));
        assert!(!format!("{v} {v:?}").contains("secret"));
        let Error::UniqueViolation(v) = fails(c, "INSERT INTO t (id, n) VALUES (1, 1)").await else { panic!() };
        assert_eq!(v.constraint.as_deref(), Some("PRIMARY"));
        for sql in ["INSERT INTO t (n, p, shop) VALUES (1, 9, 9)", "DELETE FROM parents"] {
            let Error::ForeignKeyViolation(v) = fails(c, sql).await else { panic!() };
            check(&v, &["p", "shop"], &[1451, 1452]);
            assert_eq!((v.table.as_deref(), v.constraint.as_deref()), (Some("t"), Some("t_p_fk")));
        }
        for sql in ["DROP TABLE parents", "TRUNCATE TABLE parents"] {
            let Error::ForeignKeyViolation(v) = fails(c, sql).await else { panic!() };
            // MariaDB names it only to those who truncate.
            assert!(v.constraint.is_none() || v.constraint.as_deref() == Some("t_p_fk"), "{v:?}");
        }
        for sql in ["INSERT INTO t (u) VALUES ('x')", "INSERT INTO t (n) VALUES (NULL)", "UPDATE t SET n = NULL"] {
            let Error::NotNullViolation(v) = fails(c, sql).await else { panic!() };
            check(&v, &["n"], &[1048, 1364]);
        }
        let Error::ValueTooLong(v) = fails(c, "INSERT INTO t (n, s) VALUES (1, 'long')").await else { panic!() };
        check(&v, &["s"], &[1406]);
        for (sql, columns) in [
            ("INSERT INTO t (n, tiny) VALUES (1, 300)", &["tiny"][..]),
            ("INSERT INTO t (n, m) VALUES (1, 1234)", &["m"]),
            ("INSERT INTO t (n, f) VALUES (1, 1e300)", &["f"]),
            ("INSERT INTO t (n, day) VALUES (1, 'secret')", &["day"]),
            ("INSERT INTO t (n, day) VALUES (1, '2024-02-30')", &["day"]),
            ("INSERT INTO t (n) VALUES ('secret')", &["n"]),
            ("INSERT INTO t (n, u) VALUES (1, x'ff')", &["u"]),
            ("INSERT INTO t (n, e) VALUES (1, 'secret')", &["e"]),
            ("UPDATE t SET uns = uns - 1", &[]),
            ("UPDATE t SET n = 'secret' + 1", &[]),
        ] {
            let error = fails(c, sql).await;
            let Error::OutOfRange(v) = &error else { panic!("{sql}: {error:?}") };
            assert_eq!(v.columns, columns, "{sql}: {v:?}");
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
        let Error::CheckViolation(v) = fails(c, "INSERT INTO t (n, k) VALUES (1, -1)").await else { panic!() };
        check(&v, &[], &[3819, 4025]);
        assert_eq!(v.constraint.as_deref(), Some("t_k_check"));
        let Error::CheckViolation(v) = fails(c, "INSERT INTO t (n, j) VALUES (1, '{secret')").await else { panic!() };
        check(&v, &["j"], &[3140, 4025]);
        let deep = format!("INSERT INTO t (n, j) VALUES (1, '{}{}')", "[".repeat(110), "]".repeat(110));
        let Error::CheckViolation(v) = fails(c, &deep).await else { panic!() };
        check(&v, if v.code == 3157 { &[] } else { &["j"] }, &[3157, 4025]);
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_rest_is_told_as_it_is() {
    on_servers("rest", async |server| {
        let mut connection = server.connect().await;
        for (sql, code, word) in [
            ("SELECT * FROM nowhere", 1146, "nowhere"),
            ("SELECT nothing FROM (SELECT 1 AS a) t", 1054, "nothing"),
            ("SELEC 1", 1064, "SELEC"),
        ] {
            let error = fails(&mut connection, sql).await;
            let Error::Database(details) = &error else { panic!("{error:?}") };
            assert_eq!((details.code, details.sql.as_str()), (code, sql));
            assert!(details.message.contains(word) && !details.sqlstate.is_empty());
        }
        let error = fails(&mut connection, "SELECT REGEXP_LIKE_NOT('secret')").await;
        assert!(matches!(error, Error::Database(_)));
        let many = format!("SELECT {}", vec!["?"; 65_536].join(","));
        assert_eq!(fails(&mut connection, &many).await.code(), Some(1390));
        assert_eq!(run(&mut connection, "SELECT ? IS NULL", vec![string("x")]).await.unwrap().affected, 0);
        let error = text(&mut connection, "USE nowhere_at_all").await.unwrap_err();
        assert!(matches!(&error, Error::UnknownDatabase(name) if &**name == "nowhere_at_all"), "{error:?}");
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn conflicts_and_lock_timeouts() {
    on_servers("conflicts", async |server| {
        let (mut one, mut two) = (server.connect().await, server.connect().await);
        text(&mut one, "CREATE TABLE t (id INT PRIMARY KEY, n INT) ENGINE=InnoDB").await.unwrap();
        text(&mut one, "INSERT INTO t VALUES (1, 0), (2, 0)").await.unwrap();
        let update = "UPDATE t SET n = n + 1 WHERE id = ?";

        one.control(Control::BEGIN).await.unwrap();
        two.control(Control::BEGIN).await.unwrap();
        run(&mut one, update, vec![Value::Int(1)]).await.unwrap();
        // Nobody waits.
        let error =
            run(&mut two, "SELECT * FROM t WHERE id = 1 FOR UPDATE NOWAIT", vec![]).await.unwrap_err();
        assert!(matches!(error, Error::LockTimeout(_)), "{error:?}");
        assert!(two.in_transaction());
        // Somebody waits for a second.
        text(&mut two, "SET innodb_lock_wait_timeout = 1").await.unwrap();
        let error = run(&mut two, update, vec![Value::Int(1)]).await.unwrap_err();
        assert!(matches!(&error, Error::LockTimeout(details) if details.code == 1205), "{error:?}");
        assert!(two.in_transaction(), "only the statement was undone");

        // Both wait for each other: one of them is ended.
        text(&mut two, "SET innodb_lock_wait_timeout = 20").await.unwrap();
        run(&mut two, update, vec![Value::Int(2)]).await.unwrap();
        let waiting = tokio::spawn(async move {
            let outcome = run(&mut one, update, vec![Value::Int(2)]).await;
            (outcome, one)
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let second = run(&mut two, update, vec![Value::Int(1)]).await;
        let ended = two.in_transaction();
        two.control(Control::Rollback).await.unwrap();
        let (first, mut one) = waiting.await.unwrap();
        let (error, open) = match (first, second) {
            (Err(error), Ok(_)) => (error, one.in_transaction()),
            (Ok(_), Err(error)) => (error, ended),
            other => panic!("{other:?}"),
        };
        assert!(matches!(&error, Error::Conflict(details) if details.code == 1213), "{error:?}");
        assert!(!open, "the server ended it");
        one.control(Control::Rollback).await.unwrap();
        assert_eq!(rows(&mut one, "SELECT n FROM t", vec![]).await, [[Value::Int(0)], [Value::Int(0)]]);
        one.close().await;
        two.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_node_that_lost_the_others_is_left() {
    on_servers("cut_off", async |server| {
        let mut connection = server.connect().await;
        let refusal = "SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 1047, \
                       MESSAGE_TEXT = 'WSREP has not yet prepared node for application use'";
        let error = text(&mut connection, refusal).await.expect_err(refusal);
        assert!(matches!(&error, Error::ReadOnly(error) if error.code == 1047), "{error:?}");
    })
    .await;
}
