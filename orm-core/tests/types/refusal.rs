//! What a column cannot hold is refused, and so is what is not of the type. No message quotes the value.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::schema::DataType;
use orm_core::types::{DbEnum, Json, decode_enum, encode_enum};
use orm_core::value::Value;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::limits::nested;
use super::{bytes, refused, refused_by, text, unread, with};

#[test]
fn floats_that_are_no_numbers() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        refused(value);
        refused(Some(value));
        unread::<f64>(Value::Double(value));
        unread::<f32>(Value::Double(value));
    }
    refused(f32::NAN);
    refused(f32::INFINITY);
    unread::<f32>(Value::Float(f32::INFINITY));
    unread::<f64>(text("NaN"));
    unread::<f32>(Value::Double(0.1));
}

#[test]
fn integers_out_of_range() {
    unread::<u8>(Value::Int(256));
    unread::<u8>(Value::Int(-1));
    unread::<u64>(Value::Int(-1));
    unread::<i64>(Value::UInt(1 << 63));
    unread::<i8>(Value::UInt(128));
    unread::<i32>(text("1"));
    unread::<i32>(Value::Double(1.0));
    unread::<bool>(Value::Int(7));
    unread::<bool>(text("true"));
}

#[test]
fn null_where_none_may_be() {
    assert_eq!(unread::<u64>(Value::Null).got, "NULL");
    assert_eq!(unread::<f64>(Value::Null).got, "NULL");
    assert_eq!(unread::<bool>(Value::Null).got, "NULL");
    assert_eq!(unread::<String>(Value::Null).got, "NULL");
    assert_eq!(unread::<Vec<u8>>(Value::Null).got, "NULL");
    assert_eq!(unread::<NaiveDate>(Value::Null).got, "NULL");
    assert_eq!(unread::<NaiveTime>(Value::Null).got, "NULL");
    assert_eq!(unread::<DateTime<Utc>>(Value::Null).got, "NULL");
    assert_eq!(unread::<Decimal>(Value::Null).got, "NULL");
    assert_eq!(unread::<Uuid>(Value::Null).got, "NULL");
    assert_eq!(unread::<serde_json::Value>(Value::Null).got, "NULL");
}

#[test]
fn text_that_is_not_utf8() {
    let broken = [b'a', 0xff];
    unread::<String>(bytes(&broken));
    unread::<Decimal>(bytes(&broken));
    unread::<NaiveDateTime>(bytes(&broken));
    unread::<serde_json::Value>(bytes(&broken));
    unread::<Light>(bytes(&broken));
    unread::<String>(Value::Int(1));
    unread::<Vec<u8>>(Value::Int(1));
}

#[test]
fn years_that_not_every_database_knows() {
    let late = NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
    let early = NaiveDate::from_ymd_opt(0, 12, 31).unwrap();
    for day in [late, early, NaiveDate::MAX, NaiveDate::MIN] {
        let moment = day.and_time(NaiveTime::MIN);
        refused(day);
        refused(moment);
        refused(moment.and_utc());
        unread::<NaiveDate>(Value::Date(day));
        unread::<NaiveDateTime>(Value::DateTime(moment));
    }
}

#[test]
fn leap_seconds() {
    let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap();
    let moment = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap().and_time(leap);
    refused(leap);
    refused(moment);
    refused(moment.and_utc());
    unread::<NaiveTime>(Value::Time(leap));
    unread::<NaiveDateTime>(Value::DateTime(moment));
}

#[test]
fn texts_that_are_no_times() {
    for wrong in [
        "",
        "0000-00-00 00:00:00",
        "2024-00-01 00:00:00",
        "2024-02-30 00:00:00",
        "2024-02-29",
        "2024-02-29T00:00:00",
        "2024-02-29 24:00:00",
        "2024-02-29 23:59:60",
        "2024-02-29 00:00:00.",
        "2024-02-29 00:00:00.1234567",
        "2024-02-29 00:00:00 ",
        "2024-02-29 00:00:00Z",
        "+024-02-29 00:00:00",
        "2024-2-29 00:00:00",
        "2024-02-2é 00:00:00",
        "🦀🦀🦀🦀🦀",
    ] {
        let mismatch = unread::<NaiveDateTime>(text(wrong));
        assert!(wrong.is_empty() || !mismatch.to_string().contains(wrong));
        unread::<DateTime<Utc>>(bytes(wrong.as_bytes()));
        unread::<Option<NaiveDateTime>>(text(wrong));
    }
    for wrong in ["0000-00-00", "2024-13-01", "2024-01-01 00:00:00", "24-01-01", ""] {
        unread::<NaiveDate>(text(wrong));
    }
    for wrong in ["24:00:00", "-01:00:00", "838:59:59", "1:00:00", "01:00", ""] {
        unread::<NaiveTime>(text(wrong));
    }
    unread::<NaiveDate>(Value::Int(0));
    unread::<NaiveDate>(Value::DateTime(NaiveDateTime::default()));
    unread::<NaiveDateTime>(Value::Date(NaiveDate::default()));
    unread::<NaiveTime>(Value::DateTime(NaiveDateTime::default()));
}

#[test]
fn decimals_that_would_be_rounded() {
    let money = with(DataType::Decimal { precision: 10, scale: 2 });
    for value in ["0.001", "1.999", "-0.005"] {
        let mismatch = refused_by(value.parse::<Decimal>().unwrap(), &money);
        assert_eq!(mismatch.wanted, "a decimal with at most 2 digits behind the point");
        assert_eq!(mismatch.got, "one with 3");
    }
    for value in ["100000000", "-123456789.5"] {
        let mismatch = refused_by(value.parse::<Decimal>().unwrap(), &money);
        assert_eq!(mismatch.wanted, "a decimal with at most 8 digits before the point");
        assert_eq!(mismatch.got, "one with 9");
    }
    refused(Decimal::MAX);
    refused(Decimal::MIN);
    refused_by(Decimal::MAX, &with(DataType::Decimal { precision: 28, scale: 0 }));
}

#[test]
fn texts_that_are_no_decimals() {
    let long = "1".repeat(40);
    for wrong in ["", "-", ".", "1.", ".5", "NaN", "1e3", "1_000", " 1", "1,5", "--1", "+1", "1.2.3", &long] {
        unread::<Decimal>(text(wrong));
        unread::<Decimal>(bytes(wrong.as_bytes()));
    }
    unread::<Decimal>(text("0.12345678901234567890123456789012"));
    unread::<Decimal>(Value::Double(1.0));
}

#[test]
fn bytes_that_are_no_uuid() {
    unread::<Uuid>(bytes(&[0; 15]));
    unread::<Uuid>(bytes(&[0; 17]));
    unread::<Uuid>(text("67e55044-10b1-426f-9247-bb680e5fe0c8"));
}

#[test]
fn documents_too_deep_to_be_read_again() {
    refused(nested(128));
    // Deep enough to exhaust the stack, if writing did not stop. Taking it apart would, too.
    let absurd = std::mem::ManuallyDrop::new(nested(200_000));
    let column = super::column::<serde_json::Value>();
    assert!(orm_core::types::encode(&*absurd, &column).is_err());
}

#[test]
fn values_that_are_no_documents() {
    let odd: std::collections::BTreeMap<(u8, u8), u8> = [((1, 2), 3)].into();
    let mismatch = refused(Json(Odd(odd)));
    assert_eq!(mismatch.got, "one that does not serialize");
}

#[derive(Debug)]
struct Odd(std::collections::BTreeMap<(u8, u8), u8>);

impl serde::Serialize for Odd {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Odd {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("never"))
    }
}

#[test]
fn documents_of_another_shape_are_not_quoted() {
    let secret = r#"{"password": "hunter2"}"#;
    let mismatch = unread::<Json<Vec<u8>>>(text(secret));
    assert_eq!(mismatch.got, "a document of another shape");
    let mismatch = unread::<serde_json::Value>(text(r#"{"password": hunter2"#));
    assert_eq!(mismatch.got, "text that is no JSON");
    unread::<serde_json::Value>(text(""));
    unread::<serde_json::Value>(text("1 2"));
    unread::<serde_json::Value>(Value::Int(1));
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Light {
    Red,
    Green,
}

impl DbEnum for Light {
    const VALUES: &'static [&'static str] = &["red", "green"];

    fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "red" => Some(Self::Red),
            "green" => Some(Self::Green),
            _ => None,
        }
    }
}

impl orm_core::types::ColumnType for Light {
    type Family = orm_core::types::family::Choice;
    const DATA_TYPE: DataType = DataType::Enum(Self::VALUES);

    fn encode(&self, _column: &orm_core::schema::ColumnDef) -> orm_core::types::Converted<Value<'_>> {
        encode_enum(*self)
    }

    fn decode(value: Value<'_>) -> orm_core::types::Converted<Self> {
        decode_enum(value)
    }
}

orm_core::__scalar!(Light);

#[test]
fn a_text_that_is_no_variant() {
    super::holds(Light::Red);
    super::holds(Light::Green);
    for wrong in ["blue", "Red", "", "red "] {
        let mismatch = unread::<Light>(text(wrong));
        assert_eq!(mismatch.wanted, "one of red, green");
        assert_eq!(mismatch.got, "another text");
    }
    assert_eq!(unread::<Light>(Value::Int(1)).got, "an integer");
}
