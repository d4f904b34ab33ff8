//! What is read back equals what was written, for whatever value.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use orm_core::schema::DataType;
use orm_core::types::{ColumnType, Json};
use orm_core::value::Value;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{column, holds, refused_by, there_and_back, with};

/// From the first second of year 1 to the last of year 9999.
fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (-62_135_596_800_i64..=253_402_300_799, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        prop::num::f64::NORMAL.prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn integers(a: i8, b: i16, c: i32, d: i64, e: u8, f: u16, g: u32, h: u64) {
        holds(a);
        holds(b);
        holds(c);
        holds(d);
        holds(e);
        holds(f);
        holds(g);
        holds(h);
    }

    #[test]
    fn an_integer_out_of_range_never_wraps(wide: i64) {
        prop_assert_eq!(i8::decode(Value::Int(wide)).ok(), i8::try_from(wide).ok());
        prop_assert_eq!(u16::decode(Value::Int(wide)).ok(), u16::try_from(wide).ok());
        prop_assert_eq!(u64::decode(Value::Int(wide)).ok(), u64::try_from(wide).ok());
    }

    #[test]
    fn floats(wide in any::<f64>(), narrow in any::<f32>()) {
        if wide.is_finite() {
            holds(wide);
        }
        if narrow.is_finite() {
            holds(narrow);
            prop_assert_eq!(f32::decode(Value::Double(f64::from(narrow))), Ok(narrow));
        }
    }

    #[test]
    fn texts_and_bytes(text: String, bytes: Vec<u8>, truth: bool, nothing: Option<String>) {
        holds(text);
        holds(bytes);
        holds(truth);
        prop_assert_eq!(there_and_back(&nothing, &column::<String>()), nothing);
    }

    #[test]
    fn instants_are_cut_towards_the_past(value in instant(), precision in 0_u8..=6) {
        // Reckoned apart from the calendar: nanoseconds since 1970, divided downwards.
        let unit = 10_i128.pow(9 - u32::from(precision));
        let nanos = i128::from(value.timestamp()) * 1_000_000_000 + i128::from(value.timestamp_subsec_nanos());
        let cut = nanos.div_euclid(unit) * unit;
        let wanted = DateTime::from_timestamp(
            i64::try_from(cut.div_euclid(1_000_000_000)).unwrap(),
            u32::try_from(cut.rem_euclid(1_000_000_000)).unwrap(),
        ).unwrap();
        let read = there_and_back(&value, &with(DataType::DateTime { precision }));
        prop_assert_eq!(read, wanted);
        prop_assert_eq!(there_and_back(&read, &with(DataType::DateTime { precision })), read, "a second time");
        prop_assert_eq!(there_and_back(&value.naive_utc(), &with(DataType::DateTime { precision })), wanted.naive_utc());
        prop_assert_eq!(there_and_back(&value.time(), &with(DataType::Time { precision })), wanted.time());
        holds(value.date_naive());
        // And as SQLite keeps them.
        let text = wanted.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
        prop_assert_eq!(DateTime::<Utc>::decode(Value::Text(text.as_str().into())), Ok(wanted));
        prop_assert_eq!(NaiveDate::decode(Value::Text(text[..10].into())), Ok(wanted.date_naive()));
        prop_assert_eq!(NaiveTime::decode(Value::Text(text[11..].into())), Ok(wanted.time()));
    }

    #[test]
    fn a_decimal_is_held_exactly_or_refused(
        mantissa in -79_228_162_514_264_337_593_543_950_335_i128..=79_228_162_514_264_337_593_543_950_335,
        shift in 0_u32..29,
        scale in 0_u32..=28,
        precision in 1_u8..=28,
        behind in 0_u8..=28,
    ) {
        let behind = behind.min(precision);
        let value = Decimal::from_i128_with_scale(mantissa / 10_i128.pow(shift), scale);
        let column = with(DataType::Decimal { precision, scale: behind });
        // Reckoned on the text.
        let text = value.to_string();
        let (before, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let fits = before.trim_start_matches(['-', '0']).len() <= usize::from(precision - behind)
            && fraction.trim_end_matches('0').len() <= usize::from(behind);
        if fits {
            prop_assert_eq!(there_and_back(&value, &column), value);
        } else {
            refused_by(value, &column);
        }
    }

    #[test]
    fn uuids(bits: u128) {
        holds(Uuid::from_u128(bits));
    }

    #[test]
    fn documents(value in document()) {
        holds(Json(value.clone()));
        holds(value);
    }

    #[test]
    fn nothing_that_is_read_panics(bytes: Vec<u8>, text in "[-+.:0-9eT ]{0,30}") {
        for value in [Value::Bytes(bytes.as_slice().into()), Value::Text(text.as_str().into())] {
            let _ = DateTime::<Utc>::decode(value.borrow());
            let _ = NaiveDate::decode(value.borrow());
            let _ = NaiveTime::decode(value.borrow());
            let _ = Decimal::decode(value.borrow());
            let _ = Uuid::decode(value.borrow());
            let _ = serde_json::Value::decode(value.borrow());
            let _ = String::decode(value.borrow());
        }
    }
}
