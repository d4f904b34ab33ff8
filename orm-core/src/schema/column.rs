//! One column of a table.

use crate::types;
use crate::value::{FIXED_SIZE, LENGTH_SIZE};

/// What a column holds, before any database has a word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataType {
    /// A whole number.
    Integer {
        /// 8, 16, 32 or 64.
        bits: u8,
        /// Whether it can be negative.
        signed: bool,
    },
    /// True or false.
    Bool,
    /// A 32-bit float.
    Float,
    /// A 64-bit float.
    Double,
    /// Text of up to `size` characters.
    String {
        /// The most characters it may have.
        size: u32,
    },
    /// Text of any length.
    Text,
    /// Bytes, of up to `size` where one is given.
    Bytes {
        /// The most bytes it may have.
        size: Option<u32>,
    },
    /// A day and a time with `precision` digits behind the second.
    DateTime {
        /// 0 to 6.
        precision: u8,
    },
    /// A day.
    Date,
    /// A time of day with `precision` digits behind the second.
    Time {
        /// 0 to 6.
        precision: u8,
    },
    /// An exact decimal number.
    Decimal {
        /// All digits.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// A UUID.
    Uuid,
    /// A JSON document.
    Json,
    /// One of these texts.
    Enum(&'static [&'static str]),
}

impl DataType {
    /// The same with a size: characters of a text, bytes of a byte string.
    ///
    /// # Panics
    /// At compile time, for a type that has no size.
    #[must_use]
    pub const fn with_size(self, size: u32) -> Self {
        match self {
            Self::String { .. } | Self::Text => Self::String { size },
            Self::Bytes { .. } => Self::Bytes { size: Some(size) },
            _ => panic!("`size` is for text and byte columns only: remove it from this field"),
        }
    }

    /// The same as unlimited text.
    ///
    /// # Panics
    /// At compile time, for a type that is not text.
    #[must_use]
    pub const fn as_text(self) -> Self {
        match self {
            Self::String { .. } | Self::Text => Self::Text,
            _ => panic!("`text` is for String columns only: remove it from this field"),
        }
    }

    /// The same with a precision: digits behind the second of a time, or all digits (and those behind the point) of a decimal.
    ///
    /// # Panics
    /// At compile time, for a type that has none, or where the numbers are out of range.
    #[must_use]
    pub const fn with_precision(self, digits: u8, scale: Option<u8>) -> Self {
        match (self, scale) {
            (Self::DateTime { .. }, None) if digits <= 6 => Self::DateTime { precision: digits },
            (Self::Time { .. }, None) if digits <= 6 => Self::Time { precision: digits },
            (Self::DateTime { .. } | Self::Time { .. }, None) => {
                panic!("`precision` of a time is at most 6 digits behind the second")
            }
            (Self::Decimal { .. }, Some(scale)) if scale <= digits && digits <= 28 && digits > 0 => {
                Self::Decimal { precision: digits, scale }
            }
            (Self::Decimal { .. }, Some(_)) => {
                panic!(
                    "`precision` of a decimal is (digits, digits behind the point), at most 28, the second not above the first"
                )
            }
            (Self::Decimal { .. }, None) => {
                panic!("`precision` of a decimal takes two numbers: precision = (10, 2)")
            }
            (Self::DateTime { .. } | Self::Time { .. }, Some(_)) => {
                panic!("`precision` of a time takes one number: precision = 3")
            }
            _ => panic!("`precision` is for times and decimals only: remove it from this field"),
        }
    }

    /// Whether the database can count such a key up by itself.
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::Integer { .. })
    }

    /// Whether a value may lose digits on its way to the column: times are cut to their precision.
    pub const fn is_cut(self) -> bool {
        matches!(self, Self::DateTime { .. } | Self::Time { .. })
    }

    /// About how many bytes any value of it takes on the wire at most, `None` where that depends on the value.
    pub(crate) const fn wire_size(self) -> Option<usize> {
        match self {
            Self::Integer { .. } | Self::Bool | Self::Float | Self::Double => Some(FIXED_SIZE),
            Self::DateTime { .. } | Self::Date | Self::Time { .. } => Some(FIXED_SIZE),
            Self::Uuid => Some(LENGTH_SIZE + 16),
            // A sign, a point, and a zero before that.
            Self::Decimal { precision, .. } => Some(LENGTH_SIZE + precision as usize + 3),
            Self::String { .. } | Self::Text | Self::Bytes { .. } | Self::Json | Self::Enum(_) => None,
        }
    }

    /// How many characters an index over this column takes (MySQL's limit is 768 in all), `None` where it cannot be indexed at all.
    pub const fn index_length(self) -> Option<u32> {
        match self {
            Self::String { size } => Some(size),
            Self::Bytes { size: Some(size) } => Some(size.div_ceil(4)),
            Self::Text | Self::Json | Self::Bytes { size: None } => None,
            Self::Enum(_) => Some(64),
            _ => Some(4),
        }
    }
}

/// A default that the DDL can say too.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// A whole number.
    Int(i64),
    /// A number with a point.
    Float(f64),
    /// A text.
    Text(&'static str),
    /// True or false.
    Bool(bool),
}

/// A column that the runtime keeps by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Managed {
    /// Set when the row is inserted.
    CreatedAt,
    /// Set when the row is inserted and whenever it is updated.
    UpdatedAt,
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ColumnDef {
    /// The table's name, for messages.
    pub table: &'static str,
    /// The column's name in the database.
    pub name: &'static str,
    /// The field's name in the struct.
    pub field: &'static str,
    /// What it holds.
    pub data_type: DataType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether the database generates it.
    pub auto_increment: bool,
    /// The default, where it is a literal.
    pub default: Option<Literal>,
    /// Whether the runtime keeps it.
    pub managed: Option<Managed>,
    /// Whether text compares byte by byte (keys, foreign keys, `case_sensitive`).
    pub binary: bool,
    /// The type in the words of one database, as given by `column_type`.
    pub custom_type: Option<&'static str>,
}

impl ColumnDef {
    /// A plain NOT NULL column.
    pub const fn new(
        table: &'static str,
        name: &'static str,
        field: &'static str,
        data_type: DataType,
        nullable: bool,
    ) -> Self {
        Self {
            table,
            name,
            field,
            data_type,
            nullable,
            auto_increment: false,
            default: None,
            managed: None,
            binary: false,
            custom_type: None,
        }
    }

    /// A column of a field whose type says what it is, `Option` or not as it is written.
    ///
    /// # Panics
    /// At compile time, where the type may be NULL and is not written as an `Option`, or the other way round.
    #[doc(hidden)]
    pub const fn of(
        table: &'static str,
        name: &'static str,
        field: &'static str,
        (data_type, nullable): (DataType, bool),
        written: bool,
    ) -> Self {
        Self::new(table, name, field, data_type, types::nullable(nullable, written))
    }

    /// The same, generated by the database.
    ///
    /// # Panics
    /// At compile time, where the type is not an integer.
    #[must_use]
    pub const fn auto_increment(mut self) -> Self {
        assert!(self.data_type.is_integer(), "`auto_increment` is for integer columns only");
        self.auto_increment = true;
        self
    }

    /// The same with a default that the DDL says too.
    #[must_use]
    pub const fn default(mut self, default: Literal) -> Self {
        self.default = Some(default);
        self
    }

    /// The same, kept by the runtime.
    ///
    /// # Panics
    /// At compile time, where it is not a date and time.
    #[must_use]
    pub const fn managed(mut self, managed: Managed) -> Self {
        assert!(
            matches!(self.data_type, DataType::DateTime { .. }),
            "`created_at` and `updated_at` are set by themselves and hold a date and time: write #[model(unmanaged)] to set this one yourself"
        );
        self.managed = Some(managed);
        self
    }

    /// The same, comparing text byte by byte.
    #[must_use]
    pub const fn binary(mut self) -> Self {
        self.binary = true;
        self
    }

    /// The same, comparing text byte by byte because the model says so.
    ///
    /// # Panics
    /// At compile time, where it holds no text.
    #[must_use]
    pub const fn case_sensitive(self) -> Self {
        assert!(
            matches!(self.data_type, DataType::String { .. } | DataType::Text | DataType::Enum(_)),
            "`case_sensitive` is for text columns only: remove it from this field"
        );
        self.binary()
    }

    /// The same with the type in a database's own words.
    #[must_use]
    pub const fn custom_type(mut self, custom_type: &'static str) -> Self {
        self.custom_type = Some(custom_type);
        self
    }
}
