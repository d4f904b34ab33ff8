//! Exact decimals, which SQLite has none of: text with an order, a sum and an average of its own.
//!
//! The order takes numbers of any length. Arithmetic is done in 128 bits, 38 digits; what does not fit is an error, never rounded.

use std::cmp::Ordering;

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

/// The message of a sum that has too many digits; [`super::error`] knows it.
pub(super) const TOO_LARGE: &str = "a decimal has too many digits";
/// The message of a text that is no decimal.
const NOT_A_DECIMAL: &str = "a text is not a decimal";
/// Digits that an average has more than the numbers it is made of: as many as on MySQL.
const AVERAGE_DIGITS: u32 = 4;

/// The averages of columns with 0, 1, 2 .. digits behind the point. A column's texts do not say how many it has: their zeros are stripped.
pub(super) static AVERAGES: [&str; 29] = [
    "orm_decimal_avg_0",
    "orm_decimal_avg_1",
    "orm_decimal_avg_2",
    "orm_decimal_avg_3",
    "orm_decimal_avg_4",
    "orm_decimal_avg_5",
    "orm_decimal_avg_6",
    "orm_decimal_avg_7",
    "orm_decimal_avg_8",
    "orm_decimal_avg_9",
    "orm_decimal_avg_10",
    "orm_decimal_avg_11",
    "orm_decimal_avg_12",
    "orm_decimal_avg_13",
    "orm_decimal_avg_14",
    "orm_decimal_avg_15",
    "orm_decimal_avg_16",
    "orm_decimal_avg_17",
    "orm_decimal_avg_18",
    "orm_decimal_avg_19",
    "orm_decimal_avg_20",
    "orm_decimal_avg_21",
    "orm_decimal_avg_22",
    "orm_decimal_avg_23",
    "orm_decimal_avg_24",
    "orm_decimal_avg_25",
    "orm_decimal_avg_26",
    "orm_decimal_avg_27",
    "orm_decimal_avg_28",
];

/// Teaches a connection the collation `orm_decimal` and the functions `orm_decimal_add`, `_sub`, `_sum`, `_avg` and [`AVERAGES`].
pub(super) fn register(connection: &Connection) -> Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_collation("orm_decimal", compare)?;
    connection.create_scalar_function("orm_decimal_add", 2, flags, |context| combine(context, false))?;
    connection.create_scalar_function("orm_decimal_sub", 2, flags, |context| combine(context, true))?;
    connection.create_aggregate_function("orm_decimal_sum", 1, flags, Sum)?;
    connection.create_aggregate_function("orm_decimal_avg", 1, flags, Average { scale: None })?;
    for (scale, name) in (0..).zip(AVERAGES) {
        connection.create_aggregate_function(name, 1, flags, Average { scale: Some(scale) })?;
    }
    Ok(())
}

/// The digits of a decimal without the zeros that say nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Digits<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
}

impl<'a> Digits<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, digits) = match bytes.split_first()? {
            (b'-', digits) => (true, digits),
            (b'+', digits) => (false, digits),
            _ => (false, bytes),
        };
        let point = digits.iter().position(|byte| *byte == b'.');
        let (whole, fraction) = match point {
            Some(point) => (&digits[..point], &digits[point + 1..]),
            None => (digits, &[][..]),
        };
        let valid = !(whole.is_empty() && fraction.is_empty())
            && whole.iter().chain(fraction).all(u8::is_ascii_digit);
        if !valid {
            return None;
        }
        let leading = whole.iter().take_while(|digit| **digit == b'0').count();
        let trailing = fraction.iter().rev().take_while(|digit| **digit == b'0').count();
        let (whole, fraction) = (&whole[leading..], &fraction[..fraction.len() - trailing]);
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !zero, whole, fraction })
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        // Without outer zeros the longer whole part is the larger, and fractions compare like text.
        (self.whole.len(), self.whole, self.fraction).cmp(&(other.whole.len(), other.whole, other.fraction))
    }
}

/// The order of numbers; texts that are none come behind all numbers, in the order of their bytes.
fn compare(left: &str, right: &str) -> Ordering {
    match (Digits::parse(left), Digits::parse(right)) {
        (Some(a), Some(b)) => match (a.negative, b.negative) {
            (false, false) => a.magnitude(&b),
            (true, true) => b.magnitude(&a),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        },
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

/// `digits` times ten to the power of minus `scale`.
#[derive(Clone, Copy, Default)]
struct Number {
    digits: i128,
    scale: u32,
}

impl Number {
    fn parse(text: &str) -> Result<Self> {
        let parsed = Digits::parse(text).ok_or_else(|| fail(NOT_A_DECIMAL))?;
        let mut digits = 0_i128;
        for digit in parsed.whole.iter().chain(parsed.fraction) {
            let next = digits.checked_mul(10).and_then(|tens| tens.checked_add(i128::from(digit - b'0')));
            digits = next.ok_or_else(|| fail(TOO_LARGE))?;
        }
        let scale = u32::try_from(parsed.fraction.len()).map_err(|_| fail(TOO_LARGE))?;
        Ok(Self { digits: if parsed.negative { -digits } else { digits }, scale })
    }

    fn read(cell: ValueRef<'_>) -> Result<Option<Self>> {
        match cell {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(whole) => Ok(Some(Self { digits: i128::from(whole), scale: 0 })),
            ValueRef::Text(bytes) => {
                let text = std::str::from_utf8(bytes).map_err(|_| fail(NOT_A_DECIMAL))?;
                Self::parse(text).map(Some)
            }
            // A float has lost its exact digits already.
            ValueRef::Real(_) | ValueRef::Blob(_) => Err(fail(NOT_A_DECIMAL)),
        }
    }

    fn at_scale(self, scale: u32) -> Option<i128> {
        self.digits.checked_mul(10_i128.checked_pow(scale - self.scale)?)
    }

    fn add(self, other: Self) -> Result<Self> {
        let scale = self.scale.max(other.scale);
        let sum = self.at_scale(scale).zip(other.at_scale(scale)).and_then(|(a, b)| a.checked_add(b));
        Ok(Self { digits: sum.ok_or_else(|| fail(TOO_LARGE))?, scale })
    }

    /// Divided, to a few digits more than `scale`, half of a last digit being rounded away from zero.
    fn divide(self, count: i128, scale: u32) -> Self {
        let mut scale = scale.max(self.scale) + AVERAGE_DIGITS;
        let digits = loop {
            // A large number has room for fewer digits behind the point.
            match self.at_scale(scale) {
                Some(digits) => break digits,
                None => scale -= 1,
            }
        };
        let (quotient, rest) = (digits / count, digits % count);
        let carry = if rest.abs() >= count - rest.abs() { digits.signum() } else { 0 };
        Self { digits: quotient + carry, scale }
    }

    fn into_text(self) -> String {
        let magnitude = self.digits.unsigned_abs();
        let scale = usize::try_from(self.scale).unwrap_or(usize::MAX);
        let mut text = format!("{magnitude:0width$}", width = scale.saturating_add(1));
        if scale > 0 {
            text.insert(text.len() - scale, '.');
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        if self.digits < 0 {
            text.insert(0, '-');
        }
        text
    }
}

fn combine(context: &Context<'_>, negate: bool) -> Result<Option<String>> {
    let (Some(left), Some(mut right)) =
        (Number::read(context.get_raw(0))?, Number::read(context.get_raw(1))?)
    else {
        return Ok(None);
    };
    if negate {
        right.digits = -right.digits;
    }
    left.add(right).map(|sum| Some(sum.into_text()))
}

#[derive(Default)]
struct Total {
    sum: Number,
    count: i128,
}

impl Total {
    fn step(&mut self, context: &Context<'_>) -> Result<()> {
        if let Some(number) = Number::read(context.get_raw(0))? {
            self.sum = self.sum.add(number)?;
            self.count += 1;
        }
        Ok(())
    }
}

struct Sum;

impl Aggregate<Total, Option<String>> for Sum {
    fn init(&self, _context: &mut Context<'_>) -> Result<Total> {
        Ok(Total::default())
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.step(context)
    }

    fn finalize(&self, _context: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        Ok(total.filter(|total| total.count > 0).map(|total| total.sum.into_text()))
    }
}

struct Average {
    /// Digits behind the point of the column; those of the numbers where it is not known.
    scale: Option<u32>,
}

impl Aggregate<Total, Option<String>> for Average {
    fn init(&self, _context: &mut Context<'_>) -> Result<Total> {
        Ok(Total::default())
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.step(context)
    }

    fn finalize(&self, _context: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        let total = total.filter(|total| total.count > 0);
        Ok(total.map(|total| total.sum.divide(total.count, self.scale.unwrap_or(0)).into_text()))
    }
}

fn fail(message: &'static str) -> Error {
    Error::UserFunctionError(message.into())
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::{Number, compare};

    #[test]
    fn decimals_have_the_order_of_numbers() {
        let ordered =
            ["-100", "-9.5", "-9.49", "-0.001", "0", "0.0009", "0.001", "9.49", "9.5", "10", "100", "x"];
        for (n, left) in ordered.iter().enumerate() {
            for (m, right) in ordered.iter().enumerate() {
                assert_eq!(compare(left, right), n.cmp(&m), "{left} {right}");
            }
        }
        for (left, right) in [("1", "1.00"), ("-0.0", "0"), ("007.50", "+7.5"), (".5", "0.5"), ("5.", "5")] {
            assert_eq!(compare(left, right), Ordering::Equal, "{left} {right}");
        }
        for text in ["", "-", ".", "1e5", "1 ", "1.2.3", "--1"] {
            assert_eq!(
                compare(text, "99999999999999999999999999999999999999999999"),
                Ordering::Greater,
                "{text:?}"
            );
        }
    }

    #[test]
    fn decimals_add_up_exactly() {
        let add =
            |a: &str, b: &str| Number::parse(a).and_then(|a| a.add(Number::parse(b)?)).map(Number::into_text);
        assert_eq!(add("0.1", "0.2").unwrap(), "0.3");
        assert_eq!(add("1.50", "-1.5").unwrap(), "0");
        assert_eq!(add("-0.05", "0.04").unwrap(), "-0.01");
        assert_eq!(
            add("9999999999999999999999999999", "0.0000000001").unwrap(),
            "9999999999999999999999999999.0000000001"
        );
        assert_eq!(add("100", "0").unwrap(), "100");
        assert!(add("170141183460469231731687303715884105727", "1").is_err());
        assert!(add("nothing", "1").is_err());
    }

    #[test]
    fn averages_are_rounded_half_away_from_zero() {
        let divide = |a: &str, by: i128| Number::parse(a).unwrap().divide(by, 0).into_text();
        assert_eq!(divide("10", 3), "3.3333");
        assert_eq!(divide("35.01", 3), "11.67");
        assert_eq!(divide("20", 3), "6.6667");
        assert_eq!(divide("-20", 3), "-6.6667");
        assert_eq!(divide("0.0005", 2), "0.00025");
        assert_eq!(divide("1", 1), "1");
        assert_eq!(Number::parse("20").unwrap().divide(3, 10).into_text(), "6.66666666666667");
        let large = "99999999999999999999999999999999999999";
        assert_eq!(divide(large, 1), large);
    }
}
