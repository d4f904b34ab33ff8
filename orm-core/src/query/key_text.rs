//! A key in a message.

use crate::value::Value;

/// The values of a key as text, `7`; several in parentheses, `(7, 1)`. Different keys of one table have different texts.
pub(crate) fn key_text(row: &[Value<'_>]) -> String {
    let words: Vec<String> = row.iter().map(word).collect();
    if let [only] = &words[..] { only.clone() } else { format!("({})", words.join(", ")) }
}

fn word(value: &Value<'_>) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        Value::DateTime(time) => time.to_string(),
        Value::Null => "NULL".to_owned(),
    }
}
