//! Values on their way to and from the driver.

use std::borrow::Cow;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use mysql_async::Row;
use mysql_async::Value as DriverValue;
use mysql_async::consts::{ColumnFlags, ColumnType};

use crate::driver::{Cells, ParamSink, ParamSource};
use crate::error::Result;
use crate::value::{FIXED_SIZE, LENGTH_SIZE, Value};

/// Parameters for the driver.
#[derive(Debug)]
pub(super) struct DriverParams {
    pub(super) values: Vec<DriverValue>,
    /// About how many bytes they have on the wire. As `Value::wire_size` reckons, by which chunks are made that are not refused for it.
    pub(super) size: usize,
}

impl DriverParams {
    /// Asks for all of them.
    pub(super) fn of(source: &dyn ParamSource) -> Result<Self> {
        let mut params = Self { values: Vec::with_capacity(source.len()), size: 0 };
        source.give(&mut params)?;
        Ok(params)
    }

    #[inline]
    fn add(&mut self, value: DriverValue) {
        self.size += FIXED_SIZE;
        self.values.push(value);
    }

    #[inline]
    fn add_bytes(&mut self, bytes: &[u8]) {
        self.size += LENGTH_SIZE + bytes.len();
        self.values.push(DriverValue::Bytes(bytes.to_vec()));
    }
}

impl ParamSink for DriverParams {
    fn null(&mut self) {
        self.size += 1;
        self.values.push(DriverValue::NULL);
    }

    fn int(&mut self, number: i64) {
        self.add(DriverValue::Int(number));
    }

    fn uint(&mut self, number: u64) {
        self.add(DriverValue::UInt(number));
    }

    fn float(&mut self, number: f32) {
        self.add(DriverValue::Float(number));
    }

    fn double(&mut self, number: f64) {
        self.add(DriverValue::Double(number));
    }

    fn text(&mut self, text: &str) {
        self.add_bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.add_bytes(bytes);
    }

    fn date(&mut self, date: NaiveDate) {
        self.add(driver_date(date, NaiveTime::MIN));
    }

    fn time(&mut self, time: NaiveTime) {
        let [hour, minute, second] = clock(time);
        self.add(DriverValue::Time(false, 0, hour, minute, second, micros(time)));
    }

    fn date_time(&mut self, moment: NaiveDateTime) {
        self.add(driver_date(moment.date(), moment.time()));
    }
}

/// The driver's date. `types/` lets only years from 1 to 9999 through, so that nothing is lost; a year beyond would become year 0, which the servers refuse.
fn driver_date(date: NaiveDate, time: NaiveTime) -> DriverValue {
    let year = u16::try_from(date.year()).unwrap_or(0);
    let [hour, minute, second] = clock(time);
    DriverValue::Date(year, small(date.month()), small(date.day()), hour, minute, second, micros(time))
}

fn clock(time: NaiveTime) -> [u8; 3] {
    [small(time.hour()), small(time.minute()), small(time.second())]
}

/// A month, a day or a part of a time: always below 256, so that it is its lowest byte.
fn small(number: u32) -> u8 {
    number.to_le_bytes()[0]
}

/// Without a leap second, which no server knows.
fn micros(time: NaiveTime) -> u32 {
    time.nanosecond().min(999_999_999) / 1_000
}

/// The cells of one row.
#[derive(Debug)]
pub(super) struct RowCells<'r> {
    row: &'r mut Row,
    /// Whether the row came as text, so that numbers are text too.
    text_protocol: bool,
}

impl<'r> RowCells<'r> {
    pub(super) fn new(row: &'r mut Row, text_protocol: bool) -> Self {
        Self { row, text_protocol }
    }
}

impl Cells for RowCells<'_> {
    fn len(&self) -> usize {
        self.row.len()
    }

    fn is_null(&self, index: usize) -> bool {
        matches!(self.row.as_ref(index), None | Some(DriverValue::NULL))
    }

    fn integer(&self, index: usize) -> Option<i128> {
        match self.row.as_ref(index) {
            Some(&DriverValue::Int(number)) => Some(number.into()),
            Some(&DriverValue::UInt(number)) => Some(number.into()),
            _ => None,
        }
    }

    fn take(&mut self, index: usize) -> Value<'_> {
        // Looked at where it is: only bytes are worth to be moved out. What needs more than a few registers has a function of its own,
        // so that what needs none saves none.
        match self.row.as_ref(index) {
            None | Some(DriverValue::NULL) => Value::Null,
            Some(DriverValue::Bytes(_)) if self.text_protocol => text(self.row, index),
            Some(DriverValue::Bytes(_)) => match self.row.take(index) {
                Some(DriverValue::Bytes(bytes)) => Value::Bytes(Cow::Owned(bytes)),
                _ => Value::Null,
            },
            Some(&DriverValue::Int(number)) => Value::Int(number),
            Some(&DriverValue::UInt(number)) => Value::UInt(number),
            Some(&DriverValue::Float(number)) => Value::Float(number),
            Some(&DriverValue::Double(number)) => Value::Double(number),
            Some(DriverValue::Date(..) | DriverValue::Time(..)) => temporal(self.row, index),
        }
    }
}

/// A date, a moment or a time in a row.
#[inline(never)]
fn temporal(row: &Row, index: usize) -> Value<'static> {
    match row.as_ref(index) {
        Some(&DriverValue::Date(year, month, day, hour, minute, second, micros)) => {
            let clock = [hour.into(), minute.into(), second.into(), micros];
            date(row.columns_ref()[index].column_type(), [year.into(), month.into(), day.into()], clock)
        }
        Some(&DriverValue::Time(negative, days, hour, minute, second, micros)) => {
            time(negative, days, [hour.into(), minute.into(), second.into(), micros])
        }
        _ => Value::Null,
    }
}

/// A date or a moment. What is none (a zero date, or one of day 0) stays text, so that decoding it fails and says so.
fn date(column_type: ColumnType, calendar: [u32; 3], clock: [u32; 4]) -> Value<'static> {
    let ([year, month, day], [hour, minute, second, micros]) = (calendar, clock);
    let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    let value = if matches!(column_type, ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE) {
        date.map(Value::Date)
    } else {
        date.and_then(|date| date.and_hms_micro_opt(hour, minute, second, micros)).map(Value::DateTime)
    };
    value.unwrap_or_else(|| {
        Value::Text(Cow::Owned(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")))
    })
}

/// A time of day. The servers' TIME is a span of up to 838 hours: one outside of a day stays text.
fn time(negative: bool, days: u32, clock: [u32; 4]) -> Value<'static> {
    let [hour, minute, second, micros] = clock;
    match NaiveTime::from_hms_micro_opt(hour, minute, second, micros) {
        Some(time) if days == 0 && (!negative || time == NaiveTime::MIN) => Value::Time(time),
        _ => {
            let sign = if negative { "-" } else { "" };
            let hours = days.saturating_mul(24).saturating_add(hour);
            Value::Text(Cow::Owned(format!("{sign}{hours:02}:{minute:02}:{second:02}.{micros:06}")))
        }
    }
}

/// A cell of a row that came as text: numbers are read, all else stays as it is.
#[inline(never)]
fn text(row: &mut Row, index: usize) -> Value<'static> {
    use ColumnType::{
        MYSQL_TYPE_DOUBLE, MYSQL_TYPE_FLOAT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG,
        MYSQL_TYPE_SHORT, MYSQL_TYPE_TINY, MYSQL_TYPE_YEAR,
    };
    let Some(DriverValue::Bytes(bytes)) = row.take(index) else { return Value::Null };
    let column = &row.columns_ref()[index];
    let read = std::str::from_utf8(&bytes).ok().and_then(|text| match column.column_type() {
        MYSQL_TYPE_TINY | MYSQL_TYPE_SHORT | MYSQL_TYPE_INT24 | MYSQL_TYPE_LONG | MYSQL_TYPE_LONGLONG
        | MYSQL_TYPE_YEAR => {
            if column.flags().contains(ColumnFlags::UNSIGNED_FLAG) {
                text.parse().ok().map(Value::UInt)
            } else {
                text.parse().ok().map(Value::Int)
            }
        }
        MYSQL_TYPE_FLOAT => text.parse().ok().map(Value::Float),
        MYSQL_TYPE_DOUBLE => text.parse().ok().map(Value::Double),
        _ => None,
    });
    read.unwrap_or(Value::Bytes(Cow::Owned(bytes)))
}
