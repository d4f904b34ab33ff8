//! JSON documents, as they are or as a Rust type.

use std::borrow::Cow;
use std::io;
use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::ser::{Formatter, Serializer};

use super::{ColumnType, Converted, Nullable, Scalar, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

/// How deep a document may be nested, because reading stops there. Servers may allow less (MySQL 100, MariaDB 31) and say so themselves.
const MAX_DEPTH: u8 = 127;

/// A Rust type stored as a JSON document, by its own `Serialize` and `DeserializeOwned`.
///
/// It dereferences to the type inside. A floating-point number that is NaN or infinite is written as `null`, because that is what
/// JSON has for it. Databases may sort the keys of an object and reword numbers; the type read back does not notice.
///
/// ```
/// use orm_core::types::Json;
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Address {
///     city: String,
/// }
///
/// let address = Json(Address { city: "Oslo".into() });
/// assert_eq!(address.city, "Oslo");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The value inside.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// Written and read as the value inside, so that a record with such a field looks as expected when it is serialized itself.
impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Read as the value inside.
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Json<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl ColumnType for serde_json::Value {
    type Family = family::Document;
    const DATA_TYPE: DataType = DataType::Json;

    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        write(self)
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        read(&value)
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> ColumnType for Json<T> {
    type Family = family::Document;
    const DATA_TYPE: DataType = DataType::Json;

    fn encode(&self, _column: &ColumnDef) -> Converted<Value<'_>> {
        write(&self.0)
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        read(&value).map(Self)
    }
}

fn write<T: Serialize>(value: &T) -> Converted<Value<'static>> {
    let mut text = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut text, Compact { left: MAX_DEPTH })).map_err(
        |error| {
            let too_deep = error.is_io();
            Mismatch::new(
                "a value that JSON can hold",
                if too_deep {
                    "one nested too deeply to be read again"
                } else {
                    "one that does not serialize"
                },
            )
        },
    )?;
    match String::from_utf8(text) {
        Ok(text) => Ok(Value::Text(Cow::Owned(text))),
        Err(_) => Err(Mismatch::new(
            "a value that JSON can hold",
            "one that serializes to bytes that are not UTF-8",
        )),
    }
}

fn read<T: DeserializeOwned>(value: &Value<'_>) -> Converted<T> {
    let text = match value {
        Value::Text(text) => text.as_bytes(),
        Value::Bytes(bytes) => bytes,
        other => return Err(Mismatch::new("a JSON document", other.class())),
    };
    // The error's own text is not passed on: it may quote the document.
    serde_json::from_slice(text).map_err(|error| {
        let got = if error.is_data() { "a document of another shape" } else { "text that is no JSON" };
        Mismatch::new("a JSON document of the field's type", got)
    })
}

/// Writes without blanks and stops before a document gets deeper than can be read. Stopping while writing keeps even
/// an absurdly deep value from exhausting the stack.
struct Compact {
    left: u8,
}

impl Compact {
    fn open(&mut self, writer: &mut (impl io::Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.left = self.left.checked_sub(1).ok_or_else(|| io::Error::other("nested too deeply"))?;
        writer.write_all(bracket)
    }

    fn close(&mut self, writer: &mut (impl io::Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.left += 1;
        writer.write_all(bracket)
    }
}

impl Formatter for Compact {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }
}

crate::__scalar!(serde_json::Value);

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Scalar for Json<T> {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Nullable for Json<T> {
    type Plain = Self;
}
