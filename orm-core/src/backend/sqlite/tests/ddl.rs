//! The dialect's words, run.

use super::*;
use crate::schema::{ColumnDef, DataType, Index, Literal, Table};
use crate::sql::{Dialect as _, Match, ddl};

use super::super::dialect::SqliteDialect;

const fn column(name: &'static str, data_type: DataType) -> ColumnDef {
    ColumnDef::new("all", name, name, data_type, true)
}

const fn integer(bits: u8, signed: bool) -> DataType {
    DataType::Integer { bits, signed }
}

static ALL: Table = Table::new(
    "All",
    "all",
    &[
        ColumnDef::new("all", "id", "id", integer(64, false), false).auto_increment(),
        column("i8", integer(8, true)),
        column("u8", integer(8, false)),
        column("i16", integer(16, true)),
        column("u16", integer(16, false)),
        column("i32", integer(32, true)),
        column("u32", integer(32, false)),
        column("i64", integer(64, true)),
        column("u64", integer(64, false)),
        column("truth", DataType::Bool),
        column("f32", DataType::Float),
        column("f64", DataType::Double),
        column("string", DataType::String { size: 3 }),
        column("binary", DataType::String { size: 3 }).binary(),
        column("text", DataType::Text),
        column("bytes", DataType::Bytes { size: Some(2) }),
        column("blob", DataType::Bytes { size: None }),
        column("moment", DataType::DateTime { precision: 6 }),
        column("day", DataType::Date),
        column("time", DataType::Time { precision: 6 }),
        column("decimal", DataType::Decimal { precision: 10, scale: 2 }),
        column("uuid", DataType::Uuid),
        column("json", DataType::Json),
        column("choice", DataType::Enum(&["it's", "b"])),
        column("custom", DataType::Text).custom_type("ANY"),
    ],
    &[0],
)
.with_indexes(&[Index::new("all_string_idx", &[12], false), Index::new("all_u8_key", &[2], true)]);

async fn create(table: &Table) -> Box<dyn Connection> {
    let mut connection = memory().await;
    run(&mut *connection, &ddl::create_table(&SqliteDialect, table, table.foreign_keys)).await.unwrap();
    for index in table.indexes {
        run(&mut *connection, &ddl::create_index(&SqliteDialect, table, index)).await.unwrap();
    }
    connection
}

#[tokio::test]
async fn every_column_takes_what_fits_and_refuses_what_does_not() {
    let mut connection = create(&ALL).await;
    let bytes = |n: usize| Value::Bytes(vec![1; n].into());
    let int = Value::Int;
    // Column, values that fit, values that do not, and the kind of refusal.
    let cases: Vec<(&str, Vec<Value<'_>>, Vec<Value<'_>>, &str)> = vec![
        ("i8", vec![int(-128), int(127), Value::Null], vec![int(-129), int(128)], "range"),
        ("u8", vec![int(0), Value::UInt(255)], vec![int(-1), int(256)], "range"),
        ("i16", vec![int(-32768), int(32767)], vec![int(-32769), int(32768)], "range"),
        ("u16", vec![int(0), int(65535)], vec![int(-1), int(65536)], "range"),
        (
            "i32",
            vec![int(i32::MIN.into()), int(i32::MAX.into())],
            vec![int(2_147_483_648), text("x")],
            "range",
        ),
        ("u32", vec![int(0), int(u32::MAX.into())], vec![int(-1), int(4_294_967_296)], "range"),
        ("i64", vec![int(i64::MIN), int(i64::MAX)], vec![Value::Double(1e30), text("x")], "range"),
        ("u64", vec![int(0), int(i64::MAX)], vec![int(-1)], "range"),
        ("truth", vec![int(0), int(1)], vec![int(7)], "check"),
        ("f32", vec![Value::Float(0.5)], vec![text("x")], "range"),
        ("f64", vec![Value::Double(1e300), int(1)], vec![bytes(1)], "range"),
        ("string", vec![text("äöü"), text("")], vec![text("abcd")], "length"),
        ("binary", vec![text("abc")], vec![text("abcd")], "length"),
        ("text", vec![text("abcdefgh")], vec![bytes(1)], "range"),
        ("bytes", vec![bytes(2), bytes(0)], vec![bytes(3)], "length"),
        ("blob", vec![bytes(1000)], vec![text("x")], "range"),
        ("moment", vec![text("2024-01-01 00:00:00.000000")], vec![bytes(1)], "range"),
        ("day", vec![text("2024-01-01")], vec![bytes(1)], "range"),
        ("time", vec![text("00:00:00.000000")], vec![bytes(1)], "range"),
        ("decimal", vec![text("1.50")], vec![bytes(1)], "range"),
        ("uuid", vec![bytes(16)], vec![bytes(15), bytes(17)], "check"),
        ("json", vec![text("{\"a\": [1]}"), text("null")], vec![text("{")], "check"),
        ("choice", vec![text("it's"), text("b")], vec![text("its"), text("B")], "check"),
        ("custom", vec![text("x"), int(1), bytes(1)], vec![], ""),
    ];
    for (name, good, bad, kind) in cases {
        let sql = format!("INSERT INTO \"all\" (\"{name}\") VALUES (?)");
        for value in good {
            ask(&mut *connection, &sql, vec![value.clone()])
                .await
                .unwrap_or_else(|error| panic!("{name} {value:?}: {error}"));
        }
        for value in bad {
            let error = fails(&mut *connection, &sql, vec![value.clone()]).await;
            let (found, violation) = match error {
                Error::OutOfRange(violation) => ("range", violation),
                Error::ValueTooLong(violation) => ("length", violation),
                Error::CheckViolation(violation) => ("check", violation),
                other => panic!("{name} {value:?}: {other}"),
            };
            assert_eq!(found, kind, "{name} {value:?}");
            assert_eq!(
                (violation.table.as_deref(), &violation.columns[..]),
                (Some("all"), &[name.to_owned()][..])
            );
        }
    }
}

async fn insert(connection: &mut dyn Connection) -> Option<u64> {
    ask(connection, "INSERT INTO \"all\" DEFAULT VALUES", Vec::new()).await.unwrap().1.last_insert_id
}

#[tokio::test]
async fn the_generated_key_counts_up_and_truncate_starts_it_again() {
    let mut connection = create(&ALL).await;
    assert_eq!(insert(&mut *connection).await, Some(1));
    run(&mut *connection, "DELETE FROM \"all\"").await.unwrap();
    assert_eq!(insert(&mut *connection).await, Some(2));
    for sql in SqliteDialect.truncate(&ALL) {
        run(&mut *connection, &sql).await.unwrap();
    }
    assert_eq!(insert(&mut *connection).await, Some(1));
    // A zero is stored as a zero.
    run(&mut *connection, "INSERT INTO \"all\" (id) VALUES (0)").await.unwrap();
    assert_eq!(rows(&mut *connection, "SELECT min(id) FROM \"all\"", Vec::new()).await, [[Value::Int(0)]]);
}

#[tokio::test]
async fn a_table_made_elsewhere_is_truncated_too() {
    let mut connection = memory().await;
    run(&mut *connection, "CREATE TABLE \"all\" (id INTEGER PRIMARY KEY); INSERT INTO \"all\" VALUES (5)")
        .await
        .unwrap();
    for sql in SqliteDialect.truncate(&ALL) {
        run(&mut *connection, &sql).await.unwrap();
    }
    assert_eq!(rows(&mut *connection, "SELECT count(*) FROM \"all\"", Vec::new()).await, [[Value::Int(0)]]);
}

#[tokio::test]
async fn indexes_and_referrers_are_found() {
    let mut connection = create(&ALL).await;
    let names = rows(&mut *connection, SqliteDialect.index_names_sql(), vec![text("ALL")]).await;
    assert_eq!(names, [[text("all_string_idx")], [text("all_u8_key")]]);
    run(
        &mut *connection,
        "CREATE TABLE z (a INTEGER REFERENCES \"all\" (id), b INTEGER REFERENCES \"All\" (id)); CREATE TABLE y (a REFERENCES z (a));
         CREATE TABLE w (id INTEGER PRIMARY KEY, a REFERENCES w (id))",
    )
    .await
    .unwrap();
    let referrers = SqliteDialect.referrers_sql();
    let found = rows(&mut *connection, referrers, vec![text("all"), text("all")]).await;
    assert_eq!(found, [[text("z"), text("")]]);
    assert!(rows(&mut *connection, referrers, vec![text("w"), text("w")]).await.is_empty());
}

static DEFAULTS: Table = Table::new(
    "Default",
    "d's",
    &[
        ColumnDef::new("d's", "k", "k", integer(64, true), false),
        ColumnDef::new("d's", "i", "i", integer(64, true), false).default(Literal::Int(-5)),
        ColumnDef::new("d's", "f", "f", DataType::Double, false).default(Literal::Float(1e21)),
        ColumnDef::new("d's", "t", "t", DataType::Text, false).default(Literal::Text("it's \"x\"")),
        ColumnDef::new("d's", "b", "b", DataType::Bool, false).default(Literal::Bool(true)),
        ColumnDef::new("d's", "d", "d", DataType::Decimal { precision: 9, scale: 2 }, false)
            .default(Literal::Float(0.1)),
        ColumnDef::new("d's", "e", "e", DataType::Decimal { precision: 9, scale: 2 }, false)
            .default(Literal::Int(7)),
        ColumnDef::new("d's", "m", "m", DataType::DateTime { precision: 0 }, false)
            .default(Literal::Text("2024-01-02 03:04:05")),
        ColumnDef::new("d's", "h", "h", DataType::Time { precision: 3 }, false)
            .default(Literal::Text("03:04:05.5")),
        ColumnDef::new("d's", "u", "u", DataType::Uuid, false)
            .default(Literal::Text("00000000-0000-0000-0000-0000000000ff")),
        ColumnDef::new("d's", "x", "x", DataType::Bytes { size: None }, false).default(Literal::Text("ab")),
        ColumnDef::new("d's", "n", "n", integer(32, true), true),
    ],
    &[0],
);

#[tokio::test]
async fn defaults_are_stored_as_values_would_be() {
    let mut connection = create(&DEFAULTS).await;
    run(&mut *connection, "INSERT INTO \"d's\" (k) VALUES (1)").await.unwrap();
    let mut uuid = vec![0; 16];
    uuid[15] = 255;
    let expected = vec![
        Value::Int(1),
        Value::Int(-5),
        Value::Double(1e21),
        text("it's \"x\""),
        Value::Int(1),
        text("0.1"),
        text("7"),
        text("2024-01-02 03:04:05.000000"),
        text("03:04:05.500000"),
        Value::Bytes(uuid.into()),
        Value::Bytes(b"ab".to_vec().into()),
        Value::Null,
    ];
    assert_eq!(rows(&mut *connection, "SELECT * FROM \"d's\"", Vec::new()).await, [expected]);
    for sql in SqliteDialect.truncate(&DEFAULTS) {
        run(&mut *connection, &sql).await.unwrap();
    }
}

#[tokio::test]
async fn text_is_found_literally() {
    let mut connection = create(&ALL).await;
    run(&mut *connection, "CREATE TABLE s (x TEXT COLLATE NOCASE)").await.unwrap();
    let stored = ["100%", "100x", "a_b", "axb", "p|q", "p||q", "[a]*?", "[A]*?", "^x", "x]", "", "'"];
    for value in stored {
        ask(&mut *connection, "INSERT INTO s VALUES (?)", vec![text(value)]).await.unwrap();
    }
    for binary in [true, false] {
        let fold = |text: &str| if binary { text.to_owned() } else { text.to_ascii_lowercase() };
        for piece in
            ["", "%", "100%", "_", "a_", "|", "||", "[", "[a", "]", "*", "?", "*?", "^", "'", "A", "x", "["]
        {
            for kind in [Match::StartsWith, Match::EndsWith, Match::Contains] {
                let (operator, pattern) = SqliteDialect.text_match(kind, piece, binary);
                let sql = format!("SELECT x FROM s WHERE x {operator} ORDER BY rowid");
                let found = rows(&mut *connection, &sql, vec![text(&pattern)]).await;
                let expected: Vec<_> = stored
                    .iter()
                    .filter(|value| match kind {
                        Match::StartsWith => fold(value).starts_with(&fold(piece)),
                        Match::EndsWith => fold(value).ends_with(&fold(piece)),
                        Match::Contains => fold(value).contains(&fold(piece)),
                    })
                    .map(|value| [text(value)])
                    .collect();
                assert_eq!(found, expected, "{kind:?} {piece:?} {binary}");
                let sql = format!("SELECT count(*) FROM s WHERE x NOT {operator}");
                let others = i64::try_from(stored.len() - expected.len()).unwrap();
                assert_eq!(rows(&mut *connection, &sql, vec![text(&pattern)]).await, [[Value::Int(others)]]);
            }
        }
    }
}

#[tokio::test]
async fn decimals_compare_add_and_average_as_numbers() {
    let mut connection = create(&ALL).await;
    for value in ["10", "9.50", "-0.10", "1.00"] {
        ask(&mut *connection, "INSERT INTO \"all\" (decimal) VALUES (?)", vec![text(value)]).await.unwrap();
    }
    run(&mut *connection, "INSERT INTO \"all\" (decimal) VALUES (NULL)").await.unwrap();
    let column = &ALL.columns[20];
    let sql = "SELECT decimal FROM \"all\" WHERE decimal IS NOT NULL ORDER BY decimal";
    let expected = ["-0.10", "1.00", "9.50", "10"].map(|value| [text(value)]);
    assert_eq!(rows(&mut *connection, sql, Vec::new()).await, expected);
    let sql = "SELECT decimal FROM \"all\" WHERE decimal IN (?, ?) OR decimal > ? ORDER BY 1";
    let expected = ["1.00", "9.50", "10"].map(|value| [text(value)]);
    assert_eq!(rows(&mut *connection, sql, vec![text("1"), text("9.5"), text("9.5")]).await, expected);
    let sql = format!(
        "SELECT max(decimal), min(decimal), {}(decimal), {}(decimal), {}(u8) FROM \"all\"",
        SqliteDialect.aggregate("SUM", column),
        SqliteDialect.aggregate("AVG", column),
        SqliteDialect.aggregate("SUM", &ALL.columns[2]),
    );
    let expected = [text("10"), text("-0.10"), text("20.4"), text("5.1"), Value::Null];
    assert_eq!(rows(&mut *connection, &sql, Vec::new()).await, [expected]);
    let sql = sql + " WHERE FALSE";
    assert_eq!(rows(&mut *connection, &sql, Vec::new()).await, [vec![Value::Null; 5]]);

    for (op, by, expected) in [('+', "0.05", "9.55"), ('-', "0.05", "9.5"), ('-', "10", "-0.5")] {
        let mut sum = String::new();
        SqliteDialect.arithmetic(&mut sum, column, "decimal", op, "?");
        let sql = format!("UPDATE \"all\" SET decimal = {sum} WHERE id = 2 RETURNING decimal");
        assert_eq!(rows(&mut *connection, &sql, vec![text(by)]).await, [[text(expected)]]);
    }
    let huge = "9".repeat(38);
    let sql = "SELECT orm_decimal_add(?, ?)";
    assert!(matches!(
        fails(&mut *connection, sql, vec![text(&huge), text("0.5")]).await,
        Error::OutOfRange(_)
    ));
    assert_eq!(rows(&mut *connection, sql, vec![text("1"), Value::Null]).await, [[Value::Null]]);
}

#[tokio::test]
async fn small_words() {
    let mut connection = memory().await;
    let written = |write: &dyn Fn(&mut String)| {
        let mut out = String::new();
        write(&mut out);
        out
    };
    let limits = [(true, true), (true, false), (false, true), (false, false)]
        .map(|(limit, offset)| written(&|out| SqliteDialect.limit_offset(out, limit, offset, 1)));
    assert_eq!(limits, ["LIMIT ? + 0 OFFSET ?", "LIMIT ? + 0", "LIMIT -1 OFFSET ?", ""]);
    let numbers = "SELECT * FROM (VALUES (1), (2), (3)) ";
    let sql = format!("{numbers}{}", limits[2]);
    assert_eq!(rows(&mut *connection, &sql, vec![Value::Int(2)]).await, [[Value::Int(3)]]);
    let same = written(&|out| SqliteDialect.null_safe_equal(out, "NULL", "?", false));
    let differs = written(&|out| SqliteDialect.null_safe_equal(out, "NULL", "?", true));
    let sql = format!("SELECT {same}, {differs}");
    assert_eq!(
        rows(&mut *connection, &sql, vec![Value::Null, Value::Null]).await,
        [[Value::Int(1), Value::Int(0)]]
    );
    let json = written(&|out| SqliteDialect.json_equal(out, "'{\"a\":  1}'", "?"));
    let sql = format!("SELECT {json}");
    assert_eq!(rows(&mut *connection, &sql, vec![text("{\"a\":1}")]).await, [[Value::Int(1)]]);
    assert_eq!(written(&|out| SqliteDialect.identifier(out, "a\"b")), "\"a\"\"b\"");
    // As many placeholders as promised, and no more.
    let most = SqliteDialect.capabilities().max_params;
    let list = |n: usize| format!("SELECT 1 IN ({})", vec!["?"; n].join(","));
    rows(&mut *connection, &list(most), vec![Value::Int(1); most]).await;
    assert!(ask(&mut *connection, &list(most + 1), vec![Value::Int(1); most + 1]).await.is_err());
}
