//! Our values as parameters: SQLite has five storage classes.

use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate, NaiveTime, Timelike as _};
use rusqlite::Statement;
use rusqlite::types::{Null, ToSql};

use crate::error::{Error, Mismatch, Result};
use crate::value::Value;

/// Binds a parameter, counted from 1. The value is copied by SQLite.
pub(super) fn bind(statement: &mut Statement<'_>, position: usize, value: &Value<'_>) -> Result<()> {
    let bound = match value {
        Value::Null => put(statement, position, Null),
        Value::Int(v) => put(statement, position, v),
        Value::UInt(v) => match i64::try_from(*v) {
            Ok(v) => put(statement, position, v),
            // Stored, it would become a float.
            Err(_) => return Err(misfit(position, "an integer up to 9223372036854775807", "a larger one")),
        },
        Value::Float(v) => return real(statement, position, f64::from(*v)),
        Value::Double(v) => return real(statement, position, *v),
        Value::Text(v) => put(statement, position, v.as_ref()),
        Value::Bytes(v) => put(statement, position, v.as_ref()),
        Value::Date(v) => put(statement, position, date(*v).ok_or_else(|| year(position))?),
        Value::Time(v) => put(statement, position, time(*v)),
        Value::DateTime(v) => {
            let mut text = date(v.date()).ok_or_else(|| year(position))?;
            text.push(' ');
            text.push_str(&time(v.time()));
            put(statement, position, text)
        }
    };
    bound.map_err(|error| super::error::plain(error, false))
}

fn put(statement: &mut Statement<'_>, position: usize, value: impl ToSql) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(position, value)
}

fn real(statement: &mut Statement<'_>, position: usize, value: f64) -> Result<()> {
    if !value.is_finite() {
        // NaN would become NULL.
        return Err(misfit(position, "a finite number", "NaN or infinity"));
    }
    put(statement, position, value).map_err(|error| super::error::plain(error, false))
}

fn year(position: usize) -> Error {
    misfit(position, "a year from 0 to 9999", "another")
}

fn misfit(position: usize, wanted: &str, got: &str) -> Error {
    Error::Encode(Mismatch::new(wanted, got).at("", &format!("?{position}")))
}

/// `YYYY-MM-DD`; `None` outside of the years whose text order is the order of time.
fn date(day: NaiveDate) -> Option<String> {
    let year = u32::try_from(day.year()).ok().filter(|year| *year <= 9999)?;
    let mut text = String::with_capacity(26);
    // Writing to a String does not fail.
    let _ = write!(text, "{year:04}-{:02}-{:02}", day.month(), day.day());
    Some(text)
}

/// `HH:MM:SS.ffffff`, always of this width. Digits behind the microsecond are cut, a leap second ends at its last microsecond.
fn time(time: NaiveTime) -> String {
    let micros = (time.nanosecond() / 1_000).min(999_999);
    let mut text = String::with_capacity(15);
    let _ = write!(text, "{:02}:{:02}:{:02}.{micros:06}", time.hour(), time.minute(), time.second());
    text
}

/// The text of a time as a default in DDL, where the literal is one: of the width that is stored.
pub(super) fn normal_time(text: &str) -> Option<String> {
    NaiveTime::parse_from_str(text, "%H:%M:%S%.f").ok().map(time)
}

/// The text of a day and time as a default in DDL, where the literal is one: of the width that is stored.
pub(super) fn normal_datetime(text: &str) -> Option<String> {
    let moment =
        chrono::NaiveDateTime::parse_from_str(&text.replacen('T', " ", 1), "%Y-%m-%d %H:%M:%S%.f").ok()?;
    Some(format!("{} {}", date(moment.date())?, time(moment.time())))
}
