//! Our values as parameters: SQLite has five storage classes.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
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
        Value::Date(v) => put(statement, position, date(*v).ok_or_else(|| year(position))?.as_str()),
        Value::Time(v) => put(statement, position, time(*v).as_str()),
        Value::DateTime(v) => put(statement, position, moment(*v).ok_or_else(|| year(position))?.as_str()),
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

/// A text of digits and what stands between them, made without an allocation.
struct Digits<const N: usize>([u8; N]);

impl<const N: usize> Digits<N> {
    /// Writes a number over these places of the pattern, with leading zeros.
    fn put(mut self, places: std::ops::Range<usize>, mut number: u32) -> Self {
        for place in self.0[places].iter_mut().rev() {
            *place = b'0' + u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
        }
        self
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// `YYYY-MM-DD`; `None` outside of the years whose text order is the order of time.
fn date(day: NaiveDate) -> Option<Digits<10>> {
    let year = u32::try_from(day.year()).ok().filter(|year| *year <= 9999)?;
    Some(Digits(*b"0000-00-00").put(0..4, year).put(5..7, day.month()).put(8..10, day.day()))
}

/// `HH:MM:SS.ffffff`, always of this width. Digits behind the microsecond are cut, a leap second ends at its last microsecond.
fn time(time: NaiveTime) -> Digits<15> {
    let micros = (time.nanosecond() / 1_000).min(999_999);
    Digits(*b"00:00:00.000000")
        .put(0..2, time.hour())
        .put(3..5, time.minute())
        .put(6..8, time.second())
        .put(9..15, micros)
}

/// The day, a space and the time.
fn moment(moment: NaiveDateTime) -> Option<Digits<26>> {
    let mut text = [b' '; 26];
    text[..10].copy_from_slice(&date(moment.date())?.0);
    text[11..].copy_from_slice(&time(moment.time()).0);
    Some(Digits(text))
}

/// The text of a time as a default in DDL, where the literal is one: of the width that is stored.
pub(super) fn normal_time(text: &str) -> Option<String> {
    NaiveTime::parse_from_str(text, "%H:%M:%S%.f").ok().map(|literal| time(literal).as_str().to_owned())
}

/// The text of a day and time as a default in DDL, where the literal is one: of the width that is stored.
pub(super) fn normal_datetime(text: &str) -> Option<String> {
    let literal = NaiveDateTime::parse_from_str(&text.replacen('T', " ", 1), "%Y-%m-%d %H:%M:%S%.f").ok()?;
    Some(moment(literal)?.as_str().to_owned())
}
