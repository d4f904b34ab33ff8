//! What can go wrong, as types a program can act on.
//!
//! No message holds a password, and none holds a bound value: a server's own text is passed on only where it cannot quote one.
//! The keys of [`Error::UnknownKeys`] and [`Error::RepeatedKey`] are the exceptions: without them nobody could tell which record was meant.

use std::fmt;
use std::time::Duration;

/// The result of everything that can fail in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every failure, one variant a kind. At most 32 bytes; details are boxed.
#[doc(alias = "BaseError")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody answered at the address.
    #[doc(alias = "ConnectionRefusedError")]
    #[error("cannot connect: {0}")]
    ConnectionRefused(Box<str>),
    /// The connection broke while it was in use. What a statement in flight did is not known. A query by itself was sent on another
    /// connection before this is said, unless it had given rows.
    #[doc(alias = "ConnectionError")]
    #[error("the connection was lost: {0}")]
    ConnectionLost(Box<str>),
    /// The server refused the user or the password.
    #[doc(alias = "AccessDeniedError")]
    #[error("access denied for user {user:?}")]
    AccessDenied {
        /// The user that was refused.
        user: Box<str>,
    },
    /// The database named in the URL does not exist.
    #[error("unknown database {0:?}: create it, or name another in the URL")]
    UnknownDatabase(Box<str>),
    /// A deadline passed.
    #[doc(alias = "TimeoutError")]
    #[error("{operation} took longer than its deadline of {after:?}")]
    Timeout {
        /// What was waited for.
        operation: Operation,
        /// The deadline that passed.
        after: Duration,
    },
    /// No connection came free within the acquire deadline.
    #[doc(alias = "ConnectionAcquireTimeoutError")]
    #[error("no connection came free within {after:?}: all {size} are in use{}", in_parentheses(holders))]
    PoolExhausted {
        /// The size of the pool.
        size: usize,
        /// The acquire deadline.
        after: Duration,
        /// Who had them and for how long, the longest first: `transaction 7 for 31.2 s, a statement or stream for 0.4 s`.
        holders: Box<String>,
    },
    /// All connections of the pool are held by the transactions whose closures this call is made in: it could never have one.
    #[error(
        "the pool has {size} connection(s), and the transactions that this is called in hold them all: pass `tx` instead of `&db`"
    )]
    HeldByTransaction {
        /// The size of the pool.
        size: usize,
    },
    /// No replica is there to read from, and the primary may not stand in.
    #[error("no replica is there to read from: wait for one, or let the primary stand in")]
    NoReplica,
    /// The `Db` was closed.
    #[error("this Db has been closed")]
    Closed,
    /// A unique index or the primary key has this value already.
    #[doc(alias = "UniqueConstraintError")]
    #[error("a row with this value exists already: {0}")]
    UniqueViolation(Box<Violation>),
    /// A row that is referred to does not exist, or one that is referred to would go.
    #[doc(alias = "ForeignKeyConstraintError")]
    #[error("a foreign key forbids this: {0}")]
    ForeignKeyViolation(Box<Violation>),
    /// A NULL where none may be.
    #[error("a column may not be NULL: {0}")]
    NotNullViolation(Box<Violation>),
    /// A CHECK of the table forbids the value.
    #[error("a check forbids this value: {0}")]
    CheckViolation(Box<Violation>),
    /// A text or a byte string is longer than its column.
    #[error("a value is too long for its column: {0}")]
    ValueTooLong(Box<Violation>),
    /// A number or a time is outside of what its column holds.
    #[error("a value is out of range for its column: {0}")]
    OutOfRange(Box<Violation>),
    /// A value failed the model's own rules.
    #[doc(alias = "ValidationError")]
    #[error("validation failed: {0}")]
    Validation(Box<ValidationErrors>),
    /// The row is not there (any more).
    #[doc(alias = "EmptyResultError")]
    #[error("no row of table {table:?} has this key")]
    RecordNotFound {
        /// The table that was searched.
        table: &'static str,
    },
    /// Records that were to be linked are not there (any more). Nothing was changed.
    #[doc(alias = "ForeignKeyConstraintError")]
    #[error("{}", unknown_keys(table, keys))]
    UnknownKeys {
        /// The table that has no rows with these keys.
        table: &'static str,
        /// The keys as text, `7`; those of several columns in parentheses, `(7, 1)`.
        keys: Box<Vec<String>>,
    },
    /// Two records of a list have the same key, so that it is not clear which values are meant. Nothing was sent.
    #[error("two records of the list have the key {key} of table {table:?}: leave one of them out")]
    RepeatedKey {
        /// The table of the records.
        table: &'static str,
        /// The key as text, `7`; one of several columns in parentheses, `(7, 1)`.
        key: Box<String>,
    },
    /// An `update` or `destroy` of a query without a condition.
    #[error("this would change every row of table {table:?}: add a filter, or say `.everything()`")]
    MissingFilter {
        /// The table that would have been changed.
        table: &'static str,
    },
    /// The record was changed by somebody else since it was read.
    #[doc(alias = "OptimisticLockError")]
    #[error("the row of table {table:?} was changed since it was read")]
    StaleRecord {
        /// The table of the record.
        table: &'static str,
    },
    /// A statement was sent on a transaction while a stream of it is open. Once that is dropped, the transaction can go on.
    #[error("this transaction is busy with a stream: read it to its end or drop it first")]
    ConnectionBusy,
    /// The reply to a COMMIT was lost, or a node of a cluster lost the others before it: it may or may not have taken effect. What was said
    /// instead is in an event of the pool.
    #[error("the connection was lost during COMMIT: whether it took effect is not known")]
    OutcomeUnknown,
    /// The transaction is over: the server ended it, or it failed earlier.
    #[error("this transaction is over ({0}): nothing more can be sent in it")]
    TransactionEnded(Box<str>),
    /// Two transactions were in each other's way and the server ended this one: run it again.
    #[error("the server ended this transaction because of a conflict with another (code {}): run it again", .0.code)]
    Conflict(Box<DatabaseError>),
    /// The server, or the transaction, takes no statements that write: a replica, a server that is no longer the primary, a database that is
    /// open for reading only; or the server lost its cluster and takes none at all. The statement had no effect;
    /// one by itself was sent on another connection before this is said.
    #[error("nothing can be written here (code {}): {}", .0.code, .0.message)]
    ReadOnly(Box<DatabaseError>),
    /// A lock did not come free in time.
    #[error("a lock did not come free in time (code {})", .0.code)]
    LockTimeout(Box<DatabaseError>),
    /// A value cannot be stored exactly in its column on this database. Nothing was sent.
    #[error("{0}")]
    Encode(Box<Mismatch>),
    /// A value that was read is not one of the Rust type.
    #[error("{0}")]
    Decode(Box<Mismatch>),
    /// The query asks for something that this database, or this verb, cannot do. Nothing was sent.
    #[error("not possible: {0}")]
    Unsupported(Box<str>),
    /// A URL or an option is wrong.
    #[error("wrong configuration: {0}")]
    Configuration(Box<str>),
    /// Other tables refer to the table that was to be dropped or emptied. Nothing was changed.
    #[error("table {table:?} is referred to by {referrers:?}: drop or empty those first")]
    TableReferenced {
        /// The table.
        table: Box<str>,
        /// The tables with foreign keys to it.
        referrers: Box<Vec<String>>,
    },
    /// The table refers to others that do not exist and were not in the list. Nothing was sent but questions.
    #[error(
        "table {table:?} refers to {missing:?}, and no such table exists: sync it in the same call, or before"
    )]
    TableMissing {
        /// The table with the foreign keys.
        table: &'static str,
        /// The tables that they refer to and that are not there.
        missing: Box<Vec<String>>,
    },
    /// An error of the application, carried through a transaction. `downcast` gives it back.
    #[error("{0}")]
    Custom(Box<dyn std::error::Error + Send + Sync>),
    /// Any other refusal of the database.
    #[doc(alias = "DatabaseError")]
    #[error("{0}")]
    Database(Box<DatabaseError>),
}

/// What a deadline was set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Opening a connection.
    Connect,
    /// Waiting for a free connection of the pool.
    Acquire,
    /// One statement, from sending it to its last row.
    Statement,
    /// A transaction, from its begin to its commit.
    Transaction,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Acquire => "waiting for a connection",
            Self::Statement => "a statement",
            Self::Transaction => "a transaction",
        })
    }
}

/// Which rule of which table a statement broke, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The model's name, `Note`.
    pub model: Option<&'static str>,
    /// The table's name, `notes`.
    pub table: Option<String>,
    /// The columns of the rule.
    pub columns: Vec<String>,
    /// The constraint's or index's name on the server.
    pub constraint: Option<String>,
    /// The server's error number; for SQLite its extended result code.
    pub code: u32,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.table, self.columns.as_slice()) {
            (Some(table), []) => write!(f, "table {table}")?,
            (Some(table), columns) => write!(f, "{table}.{}", columns.join(", "))?,
            (None, []) => f.write_str("the database does not say which")?,
            (None, columns) => f.write_str(&columns.join(", "))?,
        }
        if let Some(constraint) = &self.constraint {
            write!(f, " (constraint {constraint})")?;
        }
        write!(f, " [{}]", self.code)
    }
}

/// The fields that failed a model's own rules, with a message each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidationErrors(pub Vec<(String, String)>);

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (field, message)) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{field}: {message}")?;
        }
        Ok(())
    }
}

/// A value and a type that do not fit: when encoding before anything was sent, when decoding after a row was read.
/// It tells kinds, never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The table, empty where a raw statement was read.
    pub table: String,
    /// The column's name, or its position in a raw statement.
    pub column: String,
    /// What was wanted.
    pub wanted: String,
    /// What was there instead.
    pub got: String,
}

impl Mismatch {
    /// A mismatch whose column is filled in by whoever knows it.
    #[cold]
    pub fn new(wanted: impl Into<String>, got: impl Into<String>) -> Box<Self> {
        Box::new(Self { table: String::new(), column: String::new(), wanted: wanted.into(), got: got.into() })
    }

    /// Says which column it was.
    #[must_use]
    pub fn at(mut self: Box<Self>, table: &str, column: &str) -> Box<Self> {
        self.table = table.to_owned();
        self.column = column.to_owned();
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.table.is_empty() { "" } else { "." };
        write!(f, "column {}{dot}{}: wanted {}, got {}", self.table, self.column, self.wanted, self.got)
    }
}

/// What a database said, where no variant of its own exists for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatabaseError {
    /// The server's error number; for SQLite its extended result code.
    pub code: u32,
    /// The SQLSTATE, empty on SQLite.
    pub sqlstate: String,
    /// The server's message.
    pub message: String,
    /// The statement, with placeholders.
    pub sql: String,
}

impl DatabaseError {
    /// An error as the driver reports it; the statement is added where it is known.
    pub fn new(code: u32, sqlstate: impl Into<String>, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { code, sqlstate: sqlstate.into(), message: message.into(), sql: String::new() })
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database refused a statement: {} [{}", self.message, self.code)?;
        if !self.sqlstate.is_empty() {
            write!(f, ", SQLSTATE {}", self.sqlstate)?;
        }
        f.write_str("]")?;
        if !self.sql.is_empty() {
            write!(f, " in: {}", self.sql)?;
        }
        Ok(())
    }
}

impl Error {
    /// Wraps an error of the application, to be returned from a transaction's closure.
    ///
    /// ```
    /// use orm_core::Error;
    /// let error = Error::custom(std::fmt::Error);
    /// assert!(error.downcast_ref::<std::fmt::Error>().is_some());
    /// ```
    pub fn custom(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Custom(error.into())
    }

    /// The application's error inside of [`Error::Custom`], if it is of this type.
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        match self {
            Self::Custom(error) => error.downcast_ref(),
            _ => None,
        }
    }

    /// Takes the application's error out of [`Error::Custom`], if it is of this type; gives `self` back otherwise.
    ///
    /// # Errors
    /// `self`, where it holds no such error.
    pub fn downcast<E: std::error::Error + 'static>(self) -> std::result::Result<E, Self> {
        match self {
            Self::Custom(error) => error.downcast().map(|e| *e).map_err(Self::Custom),
            other => Err(other),
        }
    }

    /// Whether the server refuses everything, reads as well, because it has lost its cluster.
    pub(crate) fn is_of_one_cut_off(&self) -> bool {
        matches!(self, Self::ReadOnly(error) if error.code == 1047)
    }

    /// The server's error number (for SQLite its extended result code), where the database reported one.
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::UniqueViolation(v)
            | Self::ForeignKeyViolation(v)
            | Self::NotNullViolation(v)
            | Self::CheckViolation(v)
            | Self::ValueTooLong(v)
            | Self::OutOfRange(v) => Some(v.code),
            Self::Database(e) | Self::Conflict(e) | Self::LockTimeout(e) | Self::ReadOnly(e) => Some(e.code),
            _ => None,
        }
    }
}

fn in_parentheses(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

/// The message of [`Error::UnknownKeys`]: with the first keys of a long list.
fn unknown_keys(table: &str, keys: &[String]) -> String {
    const SHOWN: usize = 10;
    let list = keys.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match keys.len() {
        0 | 1 => format!("no row of table {table:?} has the key {list}"),
        many if many > SHOWN => {
            format!("no rows of table {table:?} have the keys {list} and {} more", many - SHOWN)
        }
        _ => format!("no rows of table {table:?} have the keys {list}"),
    }
}

const _: () = assert!(size_of::<Error>() <= 32, "Error must stay at most 32 bytes");

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn unknown_keys_are_told_and_long_lists_cut() {
        let message = |keys: Vec<u32>| {
            let keys = keys.iter().map(u32::to_string).collect();
            Error::UnknownKeys { table: "tasks", keys: Box::new(keys) }.to_string()
        };
        assert_eq!(message(vec![99_999]), r#"no row of table "tasks" has the key 99999"#);
        assert_eq!(message(vec![7, 8]), r#"no rows of table "tasks" have the keys 7, 8"#);
        assert_eq!(
            message((1..=12).collect()),
            r#"no rows of table "tasks" have the keys 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"#
        );
    }
}
