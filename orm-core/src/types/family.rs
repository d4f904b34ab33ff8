//! The families of column types, and what can be asked of each. A newtype is of the family of what it wraps.

/// Signed integers.
#[derive(Debug, Clone, Copy)]
pub struct Signed;
/// Unsigned integers.
#[derive(Debug, Clone, Copy)]
pub struct Unsigned;
/// Floating-point numbers.
#[derive(Debug, Clone, Copy)]
pub struct Float;
/// Exact decimals.
#[derive(Debug, Clone, Copy)]
pub struct Exact;
/// Text.
#[derive(Debug, Clone, Copy)]
pub struct Text;
/// Byte strings.
#[derive(Debug, Clone, Copy)]
pub struct Bytes;
/// True and false.
#[derive(Debug, Clone, Copy)]
pub struct Truth;
/// Dates and times.
#[derive(Debug, Clone, Copy)]
pub struct Temporal;
/// UUIDs.
#[derive(Debug, Clone, Copy)]
pub struct Identifier;
/// String enums.
#[derive(Debug, Clone, Copy)]
pub struct Choice;
/// JSON documents.
#[derive(Debug, Clone, Copy)]
pub struct Document;

/// Families whose values have an order: all but JSON.
#[diagnostic::on_unimplemented(
    message = "this comparison needs an order, and values of the family `{Self}` have none",
    label = "no order",
    note = "use `eq` or `ne`"
)]
pub trait Ordered {}

/// The family that `like` and its kin can be asked of.
#[diagnostic::on_unimplemented(
    message = "this is for text columns only, and the column is of the family `{Self}`",
    label = "not a text column"
)]
pub trait Textual {}

/// Families that can be added up.
#[diagnostic::on_unimplemented(
    message = "this is for number columns only, and the column is of the family `{Self}`",
    label = "not a number column"
)]
pub trait Numeric {
    /// What a sum is.
    type Sum: super::ColumnType;
    /// What an average is.
    type Average: super::ColumnType;
}

macro_rules! ordered {
    ($($family:ty),*) => { $(impl Ordered for $family {})* };
}

ordered!(Signed, Unsigned, Float, Exact, Text, Bytes, Truth, Temporal, Identifier, Choice);

impl Textual for Text {}

impl Numeric for Signed {
    type Sum = i64;
    type Average = f64;
}

impl Numeric for Unsigned {
    type Sum = u64;
    type Average = f64;
}

impl Numeric for Float {
    type Sum = f64;
    type Average = f64;
}

#[cfg(feature = "rust_decimal")]
impl Numeric for Exact {
    type Sum = rust_decimal::Decimal;
    type Average = rust_decimal::Decimal;
}
