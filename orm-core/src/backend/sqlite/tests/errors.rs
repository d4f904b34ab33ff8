//! Result codes as types.

use super::*;
use crate::error::Violation;

const TABLES: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT) STRICT;
    CREATE UNIQUE INDEX p_a_b_idx ON p (a, b);
    CREATE UNIQUE INDEX p_lower ON p (lower(b)) WHERE b = 'q';
    CREATE TABLE q (
        id TEXT PRIMARY KEY NOT NULL, n INTEGER NOT NULL, p_id INTEGER REFERENCES p (id), r_id INTEGER REFERENCES p (id) ON DELETE RESTRICT,
        long_name TEXT CONSTRAINT q_long_name_length CHECK (length(long_name) <= 3),
        small INTEGER CONSTRAINT q_small_range CHECK (small BETWEEN 0 AND 255),
        kind TEXT CONSTRAINT q_kind_check CHECK (kind IN ('x'))
    ) STRICT;
    INSERT INTO p (id, a, b) VALUES (1, 'secret', 'y'), (2, 'm', 'n'), (3, 'o', 'q');
    INSERT INTO q (id, n, p_id, r_id) VALUES ('k', 1, 2, 3);";

async fn tables() -> Box<dyn Connection> {
    let mut connection = memory().await;
    run(&mut *connection, TABLES).await.unwrap();
    connection
}

fn broken(error: Error) -> (&'static str, Violation) {
    assert!(!error.to_string().contains("secret"), "{error}");
    match error {
        Error::UniqueViolation(violation) => ("unique", *violation),
        Error::ForeignKeyViolation(violation) => ("foreign key", *violation),
        Error::NotNullViolation(violation) => ("not null", *violation),
        Error::CheckViolation(violation) => ("check", *violation),
        Error::ValueTooLong(violation) => ("length", *violation),
        Error::OutOfRange(violation) => ("range", *violation),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn constraints_are_told_apart_and_named() {
    let mut connection = tables().await;
    let on = |table: &str, columns: &[&str], constraint: Option<&str>, code| Violation {
        model: None,
        table: Some(table.to_owned()),
        columns: columns.iter().map(ToString::to_string).collect(),
        constraint: constraint.map(str::to_owned),
        code,
    };
    let nameless = |constraint: Option<&str>, code| Violation {
        constraint: constraint.map(str::to_owned),
        code,
        ..Violation::default()
    };
    let cases = [
        ("INSERT INTO p (a, b) VALUES (?, 'y')", "unique", on("p", &["a", "b"], Some("p_a_b_idx"), 2067)),
        ("INSERT INTO p (a, b) VALUES (?, 'q')", "unique", nameless(Some("p_lower"), 2067)),
        ("INSERT INTO p (id, a) VALUES (1, ?)", "unique", on("p", &["id"], None, 1555)),
        ("INSERT INTO q (id, n) VALUES ('k', length(?))", "unique", on("q", &["id"], None, 1555)),
        ("INSERT INTO q (id, n) VALUES (?, NULL)", "not null", on("q", &["n"], None, 1299)),
        ("INSERT INTO q (id, n, p_id) VALUES (?, 1, 99)", "foreign key", nameless(None, 787)),
        ("DELETE FROM p WHERE id = 2 AND ? <> ''", "foreign key", nameless(None, 787)),
        ("DELETE FROM p WHERE id = 3 AND ? <> ''", "foreign key", nameless(None, 1811)),
        (
            "INSERT INTO q (id, n, long_name) VALUES ('l', 1, ?)",
            "length",
            on("q", &["long_name"], Some("q_long_name_length"), 275),
        ),
        (
            "INSERT INTO q (id, n, small) VALUES (?, 1, 256)",
            "range",
            on("q", &["small"], Some("q_small_range"), 275),
        ),
        (
            "INSERT INTO q (id, n, kind) VALUES ('l', 1, ?)",
            "check",
            on("q", &["kind"], Some("q_kind_check"), 275),
        ),
        ("INSERT INTO q (id, n) VALUES ('l', ?)", "range", on("q", &["n"], None, 3091)),
        ("UPDATE q SET n = 9223372036854775807 + n + length(?)", "range", on("q", &["n"], None, 3091)),
        ("SELECT abs(-9223372036854775807 - length(substr(?, 1, 1)))", "range", nameless(None, 1)),
    ];
    for (sql, kind, violation) in cases {
        let error = fails(&mut *connection, sql, vec![text("secret")]).await;
        let mut found = broken(error);
        if violation.code == 1 {
            found.1.code = 1;
        }
        assert_eq!(found, (kind, violation), "{sql}");
    }
    assert_eq!(rows(&mut *connection, "SELECT count(*) FROM p", Vec::new()).await, [[Value::Int(3)]]);
}

#[tokio::test]
async fn other_refusals_keep_code_message_and_statement() {
    let mut connection = tables().await;
    for (sql, message) in [
        ("SELECT nope FROM p", "no such column: nope"),
        ("SELECT * FROM nope", "no such table: nope"),
        ("SELEC 1", "near \"SELEC\": syntax error"),
    ] {
        let error = fails(&mut *connection, sql, Vec::new()).await;
        let Error::Database(inner) = &error else { panic!("{error}") };
        assert_eq!((inner.code, inner.message.as_str(), inner.sql.as_str()), (1, message, sql));
    }
    // SQLite quotes the value here; we do not.
    for sql in ["SELECT json_extract('{}', ?)", "SELECT 1 FROM p WHERE orm_decimal_add(?, '1') = '2'"] {
        let error = fails(&mut *connection, sql, vec![text("secret")]).await;
        assert!(matches!(&error, Error::Database(_)), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    // A trigger's own words are its author's.
    run(&mut *connection, "CREATE TRIGGER g BEFORE DELETE ON q BEGIN SELECT RAISE(ABORT, 'keep this'); END")
        .await
        .unwrap();
    let error = fails(&mut *connection, "DELETE FROM q", Vec::new()).await;
    assert!(matches!(&error, Error::Database(inner) if inner.message == "keep this"), "{error}");
}

#[tokio::test]
async fn a_check_that_two_columns_could_have_is_left_unnamed() {
    let mut connection = memory().await;
    run(
        &mut *connection,
        "CREATE TABLE a (b_c INTEGER CONSTRAINT a_b_c_range CHECK (b_c > 0)); CREATE TABLE a_b (c INTEGER)",
    )
    .await
    .unwrap();
    let (kind, violation) = broken(fails(&mut *connection, "INSERT INTO a VALUES (0)", Vec::new()).await);
    assert_eq!(
        (kind, violation.table, violation.constraint.as_deref()),
        ("range", None, Some("a_b_c_range"))
    );
}
