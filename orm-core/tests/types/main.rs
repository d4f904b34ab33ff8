//! Column types without a database: what goes in comes out, and what cannot be held is refused before anything is sent.

mod limits;
mod property;
mod refusal;
mod stand_in;

use orm_core::error::{Error, Mismatch};
use orm_core::schema::{ColumnDef, DataType};
use orm_core::types::{self, ColumnType, Scalar};
use orm_core::value::Value;

/// A column of that type as the derive would declare it.
fn column<T: ColumnType>() -> ColumnDef {
    with(T::DATA_TYPE)
}

fn with(data_type: DataType) -> ColumnDef {
    ColumnDef::new("things", "thing", "thing", data_type, false)
}

/// There and back: by reference and by move, handed over as it was sent and, for text, as the bytes of MySQL's driver.
fn there_and_back<T: ColumnType + Clone>(value: &T, column: &ColumnDef) -> T {
    let sent = types::encode(value, column).expect("it encodes").into_owned();
    assert_eq!(sent, types::encode_owned(value.clone(), column).expect("it encodes by move too"));
    if let Value::Text(text) = &sent {
        let as_bytes = Value::Bytes(text.as_bytes().into());
        assert_eq!(T::decode(as_bytes).expect("bytes decode").encode(column).expect("encodes"), sent);
    }
    types::decode(sent, column).expect("it decodes")
}

fn holds<T: Scalar + Clone + PartialEq + std::fmt::Debug>(value: T) {
    assert_eq!(there_and_back(&value, &column::<T>()), value);
    assert_eq!(there_and_back(&Some(value.clone()), &column::<T>()), Some(value));
}

fn refused_by<T: ColumnType>(value: T, column: &ColumnDef) -> Mismatch {
    match types::encode(&value, column) {
        Err(Error::Encode(mismatch)) => {
            assert_eq!((mismatch.table.as_str(), mismatch.column.as_str()), ("things", "thing"));
            *mismatch
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn refused<T: ColumnType>(value: T) -> Mismatch {
    refused_by(value, &column::<T>())
}

fn unread<T: ColumnType + std::fmt::Debug>(value: Value<'_>) -> Mismatch {
    *T::decode(value).expect_err("it does not decode")
}

fn text(text: &str) -> Value<'_> {
    Value::Text(text.into())
}

fn bytes(bytes: &[u8]) -> Value<'_> {
    Value::Bytes(bytes.into())
}
