//! The words of the dialects, as text and as the servers take them.

use super::{bytes, connect, on_servers, rows, run, string, text};
use crate::backend::mysql::MysqlConnector;
use crate::backend::mysql::dialect::{MARIADB, MYSQL};
use crate::driver::Connector as _;
use crate::error::Error;
use crate::schema::{ColumnDef, DataType, Literal, Table};
use crate::sql::{Dialect, Match};
use crate::value::Value;

const fn plain(name: &'static str, data_type: DataType) -> ColumnDef {
    ColumnDef::new("things", name, name, data_type, false)
}

const fn integer(bits: u8, signed: bool) -> DataType {
    DataType::Integer { bits, signed }
}

static COLUMNS: [ColumnDef; 25] = [
    plain("id", integer(64, false)).auto_increment(),
    plain("a", integer(8, true)).default(Literal::Int(-5)),
    plain("b", integer(16, false)),
    plain("c", integer(32, true)),
    plain("d", integer(64, false)).default(Literal::Int(i64::MAX)),
    plain("e", DataType::Bool).default(Literal::Bool(true)),
    plain("f", DataType::Float).default(Literal::Float(1.5)),
    plain("g", DataType::Double).default(Literal::Float(-1e300)),
    plain("h", DataType::String { size: 255 }).default(Literal::Text("it's \\ \"ü\"")),
    plain("i", DataType::String { size: 40 }).binary(),
    plain("j", DataType::Text).default(Literal::Text("'")),
    plain("k", DataType::Bytes { size: Some(20) }),
    ColumnDef::new("things", "l", "l", DataType::Bytes { size: None }, true),
    plain("m", DataType::DateTime { precision: 6 }),
    plain("n", DataType::DateTime { precision: 0 }).default(Literal::Text("2024-01-01 00:00:00")),
    ColumnDef::new("things", "o", "o", DataType::Date, true),
    plain("p", DataType::Time { precision: 3 }),
    plain("q", DataType::Decimal { precision: 10, scale: 2 }).default(Literal::Int(7)),
    plain("r", DataType::Uuid),
    plain("s", DataType::Json).default(Literal::Text("{\"a\": 1}")),
    plain("t", DataType::Enum(&["small", "it's", "groß"])).default(Literal::Text("it's")),
    plain("u", DataType::Text).binary(),
    plain("v", DataType::String { size: 255 }).custom_type("ENUM('x','y')"),
    ColumnDef::new("things", "w", "w", DataType::Enum(&["one"]), true),
    ColumnDef::new("things", "x`y", "xy", DataType::Json, true),
];
static THINGS: Table = Table::new("Thing", "things", &COLUMNS, &[0]);

fn definition(dialect: &dyn Dialect, column: &ColumnDef) -> String {
    let mut sql = String::new();
    dialect.column_definition(&mut sql, &THINGS, column);
    sql
}

#[test]
fn columns_in_words() {
    let words = |n: usize| definition(&MYSQL, &COLUMNS[n]);
    assert_eq!(words(0), "BIGINT UNSIGNED NOT NULL AUTO_INCREMENT");
    assert_eq!(words(1), "TINYINT NOT NULL DEFAULT -5");
    assert_eq!(words(2), "SMALLINT UNSIGNED NOT NULL");
    assert_eq!(words(5), "TINYINT(1) NOT NULL DEFAULT TRUE");
    assert_eq!(words(8), r#"VARCHAR(255) NOT NULL DEFAULT 'it''s \\ "ü"'"#);
    assert_eq!(words(9), "VARCHAR(40) COLLATE utf8mb4_0900_bin NOT NULL");
    assert_eq!(words(10), "LONGTEXT NOT NULL DEFAULT ('''')");
    assert_eq!(words(12), "LONGBLOB NULL");
    assert_eq!(words(13), "DATETIME(6) NOT NULL");
    assert_eq!(words(16), "TIME(3) NOT NULL");
    assert_eq!(words(18), "BINARY(16) NOT NULL");
    assert_eq!(
        words(20),
        "VARCHAR(64) COLLATE utf8mb4_0900_bin NOT NULL DEFAULT 'it''s' CONSTRAINT `things_t_check` CHECK (`t` IN ('small', 'it''s', 'groß'))"
    );
    assert_eq!(words(22), "ENUM('x','y') NOT NULL");
    assert_eq!(
        definition(&MARIADB, &COLUMNS[23]),
        "VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL CHECK (`w` IN ('one'))"
    );
}

#[test]
fn conditions_in_words() {
    let write = |write: &dyn Fn(&mut String)| {
        let mut sql = String::new();
        write(&mut sql);
        sql
    };
    assert_eq!(write(&|sql| MYSQL.limit_offset(sql, true, true, 1)), "LIMIT ? OFFSET ?");
    assert_eq!(write(&|sql| MYSQL.limit_offset(sql, true, false, 1)), "LIMIT ?");
    assert_eq!(write(&|sql| MYSQL.limit_offset(sql, false, true, 1)), "LIMIT 18446744073709551615 OFFSET ?");
    assert_eq!(write(&|sql| MYSQL.null_safe_equal(sql, "`a`", "?", false)), "`a` <=> ?");
    assert_eq!(write(&|sql| MYSQL.null_safe_equal(sql, "`a`", "?", true)), "NOT (`a` <=> ?)");
    assert_eq!(write(&|sql| MYSQL.json_equal(sql, "`a`", "?")), "`a` = CAST(? AS JSON)");
    assert_eq!(
        write(&|sql| MARIADB.json_equal(sql, "`a`", "?")),
        "IF(`a` IS NULL, NULL, JSON_EQUALS(`a`, ?))"
    );
    assert_eq!(
        MYSQL.text_match(Match::Contains, "50%_|\\", false),
        ("LIKE ? ESCAPE '|'", "%50|%|_||\\%".into())
    );
    assert_eq!(MYSQL.text_match(Match::StartsWith, "a", false).1, "a%");
    assert_eq!(MYSQL.text_match(Match::EndsWith, "a", false).1, "%a");
}

#[tokio::test]
async fn the_servers_take_the_words() {
    on_servers("words", async |server| {
        let connector = MysqlConnector::open(&server.url, &[]).await.unwrap();
        let dialect = connector.dialect();
        let mut connection = connector.connect().await.unwrap();
        let mut create = String::from("CREATE TABLE IF NOT EXISTS ");
        dialect.identifier(&mut create, THINGS.name);
        create.push_str(" (");
        for column in &COLUMNS {
            dialect.identifier(&mut create, column.name);
            create.push(' ');
            dialect.column_definition(&mut create, &THINGS, column);
            create.push_str(", ");
        }
        create.push_str("PRIMARY KEY (`id`), UNIQUE INDEX `things_i_idx` (`i`), INDEX `things_ab_idx` (`a`, `b`))");
        create.push_str(dialect.table_options());
        text(&mut connection, &create).await.unwrap();

        let insert = "INSERT INTO things (id, b, c, i, k, m, p, r, u, v, w, `x``y`) VALUES (?, 1, 2, ?, 'k', '2024-01-01', '01:02:03', ?, '', 'x', ?, ?)";
        let values = |id, i, w, json| vec![Value::Int(id), string(i), bytes(&[255; 16]), w, json];
        // An id of 0 is a 0.
        run(&mut connection, insert, values(0, "A", string("one"), string("{\"a\": 1, \"b\": [2]}"))).await.unwrap();
        run(&mut connection, insert, values(1, "a", Value::Null, Value::Null)).await.unwrap();
        let defaults = "SELECT a, d, e, f, g, h, j, n, q, t FROM things WHERE id = 0";
        let defaults = rows(&mut connection, defaults, vec![]).await.remove(0);
        assert_eq!(defaults[..3], [Value::Int(-5), Value::Int(i64::MAX), Value::Int(1)]);
        assert_eq!(defaults[3..5], [Value::Float(1.5), Value::Double(-1e300)]);
        assert_eq!(defaults[5..7], [bytes("it's \\ \"ü\"".as_bytes()), bytes(b"'")]);
        assert_eq!(defaults[8..], [bytes(b"7.00"), bytes(b"it's")]);

        // Bytes are compared where said so, letters elsewhere.
        let count = async |connection: &mut _, filter: &str, params| {
            let sql = format!("SELECT COUNT(*) FROM things WHERE {filter}");
            let Value::Int(count) = rows(connection, &sql, params).await[0][0] else { panic!() };
            count
        };
        let c = &mut connection;
        assert_eq!(count(c, "i = ?", vec![string("A")]).await, 1);
        assert_eq!(count(c, "h = ?", vec![string("IT'S \\ \"Ü\"")]).await, 2);
        assert_eq!(count(c, "h = ?", vec![string("it's \\ \"ü\" ")]).await, 0, "no padding");
        let (operator, pattern) = dialect.text_match(Match::EndsWith, "\\ \"ü\"", false);
        assert_eq!(count(c, &format!("h {operator}"), vec![string(&pattern)]).await, 2);
        let (operator, pattern) = dialect.text_match(Match::Contains, "_", false);
        assert_eq!(count(c, &format!("h {operator}"), vec![string(&pattern)]).await, 0);
        let mut json = String::new();
        dialect.json_equal(&mut json, "`x``y`", "?");
        assert_eq!(count(c, &json, vec![string("{\"b\": [2], \"a\": 1}")]).await, 1);
        assert_eq!(count(c, &json, vec![string("{\"b\": [], \"a\": 1}")]).await, 0);
        assert_eq!(count(c, &format!("NOT ({json})"), vec![string("{}")]).await, 1, "NULL is left out");
        let mut same = String::new();
        dialect.null_safe_equal(&mut same, "w", "?", true);
        assert_eq!(count(c, &same, vec![Value::Null]).await, 1);
        assert_eq!(count(c, "i REGEXP ?", vec![string("^[A-Z]$")]).await, 1);
        for (limit, offset, params, ids) in [
            (true, true, vec![Value::Int(5), Value::Int(1)], 1),
            (true, false, vec![Value::Int(1)], 1),
            (false, true, vec![Value::Int(1)], 1),
        ] {
            let mut sql = String::from("SELECT id FROM things ORDER BY id ");
            dialect.limit_offset(&mut sql, limit, offset, 1);
            assert_eq!(rows(c, &sql, params).await.len(), ids);
        }

        // The check lets no other spelling pass.
        for wrong in ["ONE", "two", "one "] {
            let error = run(c, insert, values(5, "x", string(wrong), Value::Null)).await.unwrap_err();
            let Error::CheckViolation(violation) = &error else { panic!("{error:?}") };
            assert!(violation.constraint.is_some());
        }

        let names: Vec<_> = rows(c, dialect.index_names_sql(), vec![string("things")]).await;
        assert_eq!(names, [[bytes(b"PRIMARY")], [bytes(b"things_ab_idx")], [bytes(b"things_i_idx")]]);
        text(c, "CREATE TABLE own (id BIGINT UNSIGNED PRIMARY KEY, p BIGINT UNSIGNED, FOREIGN KEY (p) REFERENCES own (id))").await.unwrap();
        text(c, "CREATE TABLE child (p BIGINT UNSIGNED, q BIGINT UNSIGNED, CONSTRAINT child_p FOREIGN KEY (p) REFERENCES own (id), CONSTRAINT child_q FOREIGN KEY (q) REFERENCES own (id))")
            .await
            .unwrap();
        let referrers = rows(c, dialect.referrers_sql(), vec![string("own"), string("own")]).await;
        assert_eq!(referrers, [[bytes(b"child"), bytes(b"child_p")], [bytes(b"child"), bytes(b"child_q")]]);
        let mut keys =
            rows(c, dialect.foreign_key_names_sql().expect("a query"), vec![string("child")]).await;
        keys.sort_by_key(|row| format!("{row:?}"));
        assert_eq!(keys, [[bytes(b"child_p")], [bytes(b"child_q")]]);
        assert_eq!(rows(c, dialect.table_name_sql(), vec![string("child")]).await, [[bytes(b"child")]]);
        assert_eq!(rows(c, dialect.table_name_sql(), vec![string("children")]).await.len(), 0);
        assert_eq!(rows(c, dialect.referrers_sql(), vec![string("child"), string("child")]).await.len(), 0);

        for sql in dialect.truncate(&THINGS) {
            text(c, &sql).await.unwrap();
        }
        assert_eq!(count(c, "TRUE", vec![]).await, 0);
        connection.close().await;
        connect(&server.url).await.unwrap().close().await;
    })
    .await;
}
