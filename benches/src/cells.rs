//! Rows as text, cell by cell, so that what the contestants read can be compared whatever types they read it into.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;

/// One row.
pub type Row = Vec<String>;

/// A record as its cells, in the order of the table.
pub trait Cells {
    fn cells(&self) -> Row;
}

/// A value as text: the same for all that stands for the same value.
pub trait Cell {
    fn cell(&self) -> String;
}

macro_rules! displayed {
    ($($type:ty),*) => { $(impl Cell for $type {
        fn cell(&self) -> String {
            self.to_string()
        }
    })* };
}

displayed!(i16, i32, i64, u64, bool, f64, String, NaiveDate, serde_json::Value);

impl Cell for DateTime<Utc> {
    fn cell(&self) -> String {
        self.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
    }
}

impl Cell for NaiveDateTime {
    fn cell(&self) -> String {
        self.and_utc().cell()
    }
}

impl Cell for Decimal {
    fn cell(&self) -> String {
        self.normalize().to_string()
    }
}

impl Cell for Vec<u8> {
    fn cell(&self) -> String {
        self.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<T: Cell> Cell for Option<T> {
    fn cell(&self) -> String {
        self.as_ref().map_or_else(|| "NULL".to_owned(), Cell::cell)
    }
}

/// Implements [`Cells`] for a struct with these fields.
#[macro_export]
macro_rules! cells {
    ($type:ty: $($field:ident)*) => {
        impl $crate::cells::Cells for $type {
            fn cells(&self) -> $crate::cells::Row {
                vec![$($crate::cells::Cell::cell(&self.$field)),*]
            }
        }
    };
}

/// Implements [`Cells`] for a struct with the columns of `items`.
#[macro_export]
macro_rules! item_cells {
    ($type:ty) => {
        $crate::cells!($type: id name category price stock added);
    };
}

/// Implements [`Cells`] for a struct with the columns of `wides`.
#[macro_export]
macro_rules! wide_cells {
    ($type:ty) => {
        $crate::cells!($type: id small medium big flag ratio title code body note parent made day amount document payload);
    };
}
