//! The edges of every type hold.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::schema::DataType;
use orm_core::types::{ColumnType, Json};
use orm_core::value::Value;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{holds, there_and_back, with};

#[test]
fn integers() {
    holds(i8::MIN);
    holds(i8::MAX);
    holds(i16::MIN);
    holds(i16::MAX);
    holds(i32::MIN);
    holds(i32::MAX);
    holds(i64::MIN);
    holds(i64::MAX);
    holds(u8::MAX);
    holds(u16::MAX);
    holds(u32::MAX);
    holds(u64::MAX);
    holds(0_u64);
}

#[test]
fn an_unsigned_integer_may_come_as_a_signed_one_and_the_other_way() {
    assert_eq!(u64::decode(Value::Int(7)), Ok(7));
    assert_eq!(i8::decode(Value::UInt(127)), Ok(127));
}

#[test]
fn floats() {
    for value in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.0, -0.0, 0.1] {
        holds(value);
    }
    for value in [f32::MAX, f32::MIN, f32::MIN_POSITIVE, 1e-45, 0.0, 0.1] {
        holds(value);
        // SQLite has no 32-bit floats.
        assert_eq!(f32::decode(Value::Double(f64::from(value))), Ok(value));
    }
}

#[test]
fn texts_and_bytes() {
    holds(String::new());
    holds("a\0b".to_owned());
    holds("Zoë 🦀 \u{10ffff} 中文 'quote' \\ % _".to_owned());
    holds(Vec::<u8>::new());
    holds((0..=u8::MAX).collect::<Vec<u8>>());
}

#[test]
fn truth() {
    holds(true);
    holds(false);
}

#[test]
fn nothing() {
    assert_eq!(there_and_back(&None::<String>, &with(String::DATA_TYPE)), None);
    assert_eq!(Option::<u64>::decode(Value::Null), Ok(None));
}

fn moment(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").unwrap()
}

#[test]
fn times() {
    for text in [
        "9999-12-31 23:59:59.999999",
        "0001-01-01 00:00:00",
        "1969-12-31 23:59:59.999999",
        "1970-01-01 00:00:00",
        "2024-02-29 12:00:00.000001",
    ] {
        let value = moment(text);
        holds(value);
        holds(value.and_utc());
        holds(value.date());
        holds(value.time());
    }
}

#[test]
fn a_time_is_cut_to_its_column_towards_the_past_on_both_sides_of_1970() {
    for (precision, cut) in [(6, ".999999"), (3, ".999"), (1, ".9"), (0, "")] {
        for day in ["1905-06-07", "1969-12-31", "2024-02-29"] {
            let value = moment(&format!("{day} 23:59:59.999999999"));
            let wanted = moment(&format!("{day} 23:59:59{cut}"));
            assert_eq!(there_and_back(&value, &with(DataType::DateTime { precision })), wanted);
            assert_eq!(
                there_and_back(&value.and_utc(), &with(DataType::DateTime { precision })),
                wanted.and_utc()
            );
            assert_eq!(there_and_back(&value.time(), &with(DataType::Time { precision })), wanted.time());
        }
    }
}

#[test]
fn times_as_sqlite_keeps_them() {
    let value = moment("2024-02-29 01:02:03.000456");
    for text in ["2024-02-29 01:02:03.000456", "2024-02-29 01:02:03.00045600"] {
        let read = NaiveDateTime::decode(super::text(text));
        assert_eq!(read.is_ok(), text.len() == 26, "six digits at most");
        assert!(read.is_err() || read == Ok(value));
    }
    assert_eq!(DateTime::<Utc>::decode(super::bytes(b"2024-02-29 01:02:03.000456")), Ok(value.and_utc()));
    assert_eq!(NaiveDateTime::decode(super::text("2024-02-29 01:02:03")), Ok(moment("2024-02-29 01:02:03")));
    assert_eq!(
        NaiveDateTime::decode(super::text("2024-02-29 01:02:03.5")),
        Ok(moment("2024-02-29 01:02:03.5"))
    );
    assert_eq!(NaiveDate::decode(super::text("2024-02-29")), Ok(value.date()));
    assert_eq!(NaiveTime::decode(super::text("01:02:03.000456")), Ok(value.time()));
}

#[test]
fn decimals() {
    for text in [
        "0",
        "-0.0000000001",
        "999999999999999999.9999999999",
        "-999999999999999999.9999999999",
        "100",
        "1200.50",
        "0.10",
    ] {
        let value: Decimal = text.parse().unwrap();
        holds(value);
    }
    let whole = with(DataType::Decimal { precision: 28, scale: 0 });
    let value: Decimal = "9999999999999999999999999999".parse().unwrap();
    assert_eq!(there_and_back(&value, &whole), value);
    let behind = with(DataType::Decimal { precision: 28, scale: 28 });
    let value: Decimal = "0.0000000000000000000000000001".parse().unwrap();
    assert_eq!(there_and_back(&value, &behind), value);
}

#[test]
fn a_decimal_travels_without_surplus_zeros() {
    let column = with(Decimal::DATA_TYPE);
    for (given, sent) in [("1200.500", "1200.5"), ("100", "100"), ("0.000", "0"), ("-7.0", "-7")] {
        let value: Decimal = given.parse().unwrap();
        assert_eq!(value.encode(&column), Ok(super::text(sent)));
    }
    // As DECIMAL(65,30) would come.
    let read = Decimal::decode(super::bytes(b"12.500000000000000000000000000000")).unwrap();
    assert_eq!(read.to_string(), "12.5");
    assert_eq!(Decimal::decode(super::bytes(b"100")).unwrap().to_string(), "100");
    assert_eq!(Decimal::decode(super::bytes(b"100.00")).unwrap().to_string(), "100");
    assert_eq!(Decimal::decode(Value::Int(-3)), Ok(Decimal::from(-3)));
}

#[test]
fn uuids() {
    holds(Uuid::nil());
    holds(Uuid::max());
    holds(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Settings {
    name: String,
    tags: Vec<String>,
    ratio: f64,
    nested: Option<Box<Settings>>,
}

#[test]
fn documents() {
    holds(serde_json::json!({"b": [1, -2, 2.5, null, true], "a": {"é": "🦀\0\"\\\n"}, "": u64::MAX}));
    holds(serde_json::json!([]));
    holds(serde_json::json!({}));
    holds(serde_json::Value::Null);
    holds(serde_json::json!(0.1 + 0.2));
    let inner = Settings { name: String::new(), tags: vec![], ratio: -1e-300, nested: None };
    let outer =
        Settings { name: "ö".into(), tags: vec!["x".into()], ratio: 0.1, nested: Some(Box::new(inner)) };
    holds(Json(outer));
    holds(Json(vec![Some(1_u8), None]));
}

#[test]
fn a_json_null_is_not_an_sql_null() {
    let column = with(DataType::Json);
    let value = Some(serde_json::Value::Null);
    assert_eq!(value.encode(&column), Ok(super::text("null")));
    assert_eq!(there_and_back(&value, &column), value);
}

/// A list in a list in a list.
pub(crate) fn nested(depth: usize) -> serde_json::Value {
    (1..depth).fold(serde_json::json!([]), |inner, _| serde_json::Value::Array(vec![inner]))
}

#[test]
fn documents_as_deep_as_can_be_read() {
    holds(nested(30));
    holds(nested(127));
    holds(Json(nested(127)));
}
