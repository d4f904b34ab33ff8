//! What SQLite's extended result codes mean.

use rusqlite::Connection;
use rusqlite::ffi;

use super::{decimal, introspect};
use crate::error::{DatabaseError, Error, Violation};

/// An error as one of ours, with what the schema knows of the constraint. `bound` tells that the statement had parameters.
pub(super) fn explain(connection: &Connection, error: rusqlite::Error, bound: bool) -> Error {
    let mut error = plain(error, bound);
    match &mut error {
        Error::UniqueViolation(violation) => {
            if let (Some(table), None) = (&violation.table, &violation.constraint) {
                violation.constraint = introspect::unique_index(connection, table, &violation.columns);
            }
        }
        Error::ValueTooLong(violation) | Error::OutOfRange(violation) | Error::CheckViolation(violation) => {
            let constraint = violation.constraint.as_deref();
            if let Some((table, column)) =
                constraint.and_then(|name| introspect::checked_column(connection, name))
            {
                violation.table = Some(table);
                violation.columns = vec![column];
            }
        }
        _ => {}
    }
    error
}

/// The same by its code and message alone.
pub(super) fn plain(error: rusqlite::Error, bound: bool) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            classify(failure.extended_code, message.unwrap_or_else(|| failure.to_string()), bound)
        }
        // Of a text that does not parse: it comes before any value is bound.
        rusqlite::Error::SqlInputError { error, msg, .. } => classify(error.extended_code, msg, false),
        rusqlite::Error::MultipleStatement => {
            Error::Unsupported("this text holds several statements: send them one by one".into())
        }
        other => Error::Database(DatabaseError::new(code(ffi::SQLITE_MISUSE), "", other.to_string())),
    }
}

fn classify(extended: i32, message: String, bound: bool) -> Error {
    let detail = message.split_once("failed: ").map_or("", |(_, detail)| detail);
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Error::UniqueViolation(of_columns(extended, detail))
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => Error::NotNullViolation(of_columns(extended, detail)),
        ffi::SQLITE_CONSTRAINT_CHECK => of_check(detail),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::ForeignKeyViolation(violation(extended)),
        // The code of triggers too; ON DELETE RESTRICT is one that SQLite makes.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => {
            Error::ForeignKeyViolation(violation(extended))
        }
        // "cannot store TEXT value in INTEGER column t.c": a value that a STRICT table does not take.
        ffi::SQLITE_CONSTRAINT_DATATYPE => {
            let column = message.split_once(" column ").map_or("", |(_, column)| column);
            Error::OutOfRange(of_columns(extended, column))
        }
        ffi::SQLITE_TOOBIG => Error::ValueTooLong(violation(extended)),
        ffi::SQLITE_ERROR if message == decimal::TOO_LARGE || message == "integer overflow" => {
            Error::OutOfRange(violation(extended))
        }
        ffi::SQLITE_BUSY_SNAPSHOT => Error::Conflict(database(extended, message)),
        _ if extended & 0xff == ffi::SQLITE_READONLY => Error::ReadOnly(database(extended, message)),
        _ if extended & 0xff == ffi::SQLITE_BUSY => Error::LockTimeout(database(extended, message)),
        // A function's own message may quote what it was given, such as a JSON path.
        ffi::SQLITE_ERROR if bound => Error::Database(database(extended, without_quotes(&message))),
        _ => Error::Database(database(extended, message)),
    }
}

fn database(extended: i32, message: String) -> Box<DatabaseError> {
    DatabaseError::new(code(extended), "", message)
}

fn violation(extended: i32) -> Box<Violation> {
    Box::new(Violation { code: code(extended), ..Violation::default() })
}

fn code(extended: i32) -> u32 {
    u32::try_from(extended).unwrap_or_default()
}

/// `t.a, t.b`, or `index 'name'` for an index over an expression.
fn of_columns(extended: i32, detail: &str) -> Box<Violation> {
    let mut found = violation(extended);
    if let Some(index) = detail.strip_prefix("index '") {
        found.constraint = Some(index.trim_end_matches('\'').to_owned());
        return found;
    }
    for column in detail.split(", ") {
        if let Some((table, column)) = column.split_once('.') {
            found.table.get_or_insert_with(|| table.to_owned());
            found.columns.push(column.to_owned());
        }
    }
    found
}

/// The kind of a check stands at the end of the name that our DDL gives it.
fn of_check(name: &str) -> Error {
    let mut found = violation(ffi::SQLITE_CONSTRAINT_CHECK);
    found.constraint = Some(name.to_owned());
    match name.rsplit_once('_') {
        Some((_, "length")) => Error::ValueTooLong(found),
        Some((_, "range")) => Error::OutOfRange(found),
        _ => Error::CheckViolation(found),
    }
}

/// The message up to where it may quote a value.
fn without_quotes(message: &str) -> String {
    match message.find(['\'', '"', '[', ':']) {
        Some(end) => format!("{} ..", message[..end].trim_end()),
        None => message.to_owned(),
    }
}
