//! Dates and times.
//!
//! A time is cut to its column's digits behind the second, always towards the past and never rounded: MySQL rounds where
//! MariaDB cuts, so neither is left the choice. Years are 1 to 9999 everywhere: a year of more digits, or one before the first, breaks the
//! order of SQLite's text, and year 0 is MySQL's sign for no date at all.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc};

use super::{ColumnType, Converted, family};
use crate::error::Mismatch;
use crate::schema::{ColumnDef, DataType};
use crate::value::Value;

const DATE: &str = "a date of the years 1 to 9999";
const TIME: &str = "a time of day";
const DATE_TIME: &str = "a date and time of the years 1 to 9999";

impl ColumnType for DateTime<Utc> {
    type Family = family::Temporal;
    const DATA_TYPE: DataType = NaiveDateTime::DATA_TYPE;

    #[inline]
    fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>> {
        fit(self.naive_utc(), column).map(Value::DateTime)
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        NaiveDateTime::decode(value).map(|naive| naive.and_utc())
    }

    #[inline]
    fn settle(&mut self, column: &ColumnDef) -> Converted<()> {
        *self = fit(self.naive_utc(), column)?.and_utc();
        Ok(())
    }
}

impl ColumnType for NaiveDateTime {
    type Family = family::Temporal;
    const DATA_TYPE: DataType = DataType::DateTime { precision: 6 };

    #[inline]
    fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>> {
        fit(*self, column).map(Value::DateTime)
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        let read = match &value {
            Value::DateTime(read) => Some(*read),
            Value::Text(text) => parse_date_time(text.as_bytes()),
            Value::Bytes(text) => parse_date_time(text),
            other => return Err(Mismatch::new(DATE_TIME, other.class())),
        };
        read.filter(|read| holds_year(read.date()) && !is_leap(read.time()))
            .ok_or_else(|| unread(DATE_TIME, &value))
    }

    #[inline]
    fn settle(&mut self, column: &ColumnDef) -> Converted<()> {
        *self = fit(*self, column)?;
        Ok(())
    }
}

impl ColumnType for NaiveDate {
    type Family = family::Temporal;
    const DATA_TYPE: DataType = DataType::Date;

    #[inline]
    fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>> {
        let mut date = *self;
        date.settle(column)?;
        Ok(Value::Date(date))
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        let read = match &value {
            Value::Date(read) => Some(*read),
            Value::Text(text) => parse_date(text.as_bytes()),
            Value::Bytes(text) => parse_date(text),
            other => return Err(Mismatch::new(DATE, other.class())),
        };
        read.filter(|read| holds_year(*read)).ok_or_else(|| unread(DATE, &value))
    }

    #[inline]
    fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
        if holds_year(*self) { Ok(()) } else { Err(Mismatch::new(DATE, "another year")) }
    }
}

impl ColumnType for NaiveTime {
    type Family = family::Temporal;
    const DATA_TYPE: DataType = DataType::Time { precision: 6 };

    #[inline]
    fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>> {
        fit_time(*self, column).map(Value::Time)
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        let read = match &value {
            Value::Time(read) => Some(*read),
            Value::Text(text) => parse_time(text.as_bytes()),
            Value::Bytes(text) => parse_time(text),
            other => return Err(Mismatch::new(TIME, other.class())),
        };
        read.filter(|read| !is_leap(*read)).ok_or_else(|| unread(TIME, &value))
    }

    #[inline]
    fn settle(&mut self, column: &ColumnDef) -> Converted<()> {
        *self = fit_time(*self, column)?;
        Ok(())
    }
}

/// The instant that managed columns get.
pub(crate) fn now() -> NaiveDateTime {
    Utc::now().naive_utc()
}

/// An instant for a managed column, cut to the column's precision.
pub(crate) fn timestamp(now: NaiveDateTime, column: &ColumnDef) -> Value<'static> {
    Value::DateTime(now.date().and_time(cut(now.time(), column)))
}

/// The moment as a column holds it.
#[inline]
fn fit(value: NaiveDateTime, column: &ColumnDef) -> Converted<NaiveDateTime> {
    if !holds_year(value.date()) {
        return Err(Mismatch::new(DATE_TIME, "another year"));
    }
    let time = fit_time(value.time(), column)?;
    Ok(value.date().and_time(time))
}

#[inline]
fn fit_time(time: NaiveTime, column: &ColumnDef) -> Converted<NaiveTime> {
    if is_leap(time) {
        Err(Mismatch::new("a time that databases know", "a leap second"))
    } else {
        Ok(cut(time, column))
    }
}

/// The time without the digits that the column does not have. The part behind the second counts upwards on both sides of 1970,
/// so that dropping digits always goes towards the past.
#[inline]
fn cut(time: NaiveTime, column: &ColumnDef) -> NaiveTime {
    let nanos = time.nanosecond().min(999_999_999);
    let surplus = match column.data_type {
        DataType::DateTime { precision: digits @ 0..6 } | DataType::Time { precision: digits @ 0..6 } => {
            nanos % 10_u32.pow(9 - u32::from(digits))
        }
        // Nearly every column, so it is worth a division by a constant.
        _ => nanos % 1_000,
    };
    if surplus == 0 { time } else { time.with_nanosecond(nanos - surplus).unwrap_or(time) }
}

#[inline]
fn holds_year(date: NaiveDate) -> bool {
    (1..=9999).contains(&date.year())
}

fn is_leap(time: NaiveTime) -> bool {
    time.nanosecond() >= 1_000_000_000
}

fn unread(wanted: &str, value: &Value<'_>) -> Box<Mismatch> {
    Mismatch::new(wanted, format!("{} that is no such value", value.class()))
}

/// `YYYY-MM-DD HH:MM:SS`, with up to six digits behind the second.
fn parse_date_time(text: &[u8]) -> Option<NaiveDateTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let time = rest.strip_prefix(b" ")?;
    Some(parse_date(date)?.and_time(parse_time(time)?))
}

/// `YYYY-MM-DD`.
fn parse_date(text: &[u8]) -> Option<NaiveDate> {
    match text {
        [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => NaiveDate::from_ymd_opt(
            i32::try_from(number(year)?).ok()?,
            number(&[*m1, *m2])?,
            number(&[*d1, *d2])?,
        ),
        _ => None,
    }
}

/// `HH:MM:SS`, with up to six digits behind the second.
fn parse_time(text: &[u8]) -> Option<NaiveTime> {
    let (clock, fraction) = text.split_at_checked(8)?;
    let &[h1, h2, b':', m1, m2, b':', s1, s2] = clock else { return None };
    let micros = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=6).contains(&digits.len()) => {
            let missing = u32::try_from(6 - digits.len()).ok()?;
            number(digits)? * 10_u32.pow(missing)
        }
        _ => return None,
    };
    NaiveTime::from_hms_micro_opt(number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?, micros)
}

/// A number of nothing but digits; at most six of them, so that it cannot overflow.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

crate::__scalar!(DateTime<Utc>);
crate::__scalar!(NaiveDateTime);
crate::__scalar!(NaiveDate);
crate::__scalar!(NaiveTime);
