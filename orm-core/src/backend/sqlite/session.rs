//! Opens a database handle and sets it up, on the thread that will own it.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::url::{Location, Mode};
use crate::error::{Error, Result};

/// How long a statement waits for the lock of another connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Instructions of SQLite's virtual machine between two looks at whether the caller is still there.
const INSTRUCTIONS: i32 = 2_000;
/// Statements whose text was built at run time that stay prepared.
const CACHED_STATEMENTS: usize = 128;

/// What both sides of a connection see.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Nobody waits any more: end whatever runs, and begin nothing until this is taken back.
    pub(super) cancelled: AtomicBool,
    /// The caller wants no more rows of this statement.
    pub(super) enough: AtomicBool,
}

struct Wait {
    shared: Arc<Shared>,
    since: Instant,
}

thread_local! {
    // The busy handler is a plain function; each connection has a thread of its own, so its state can live there.
    static WAIT: RefCell<Option<Wait>> = const { RefCell::new(None) };
}

/// Opens the database and sets everything that a session needs.
///
/// # Errors
/// With a sentence: the directory is missing, the file is missing, is no database, or cannot be written.
pub(super) fn open(location: &Location, shared: &Arc<Shared>) -> Result<Connection> {
    let connection = handle(location)?;
    set_up(&connection, location, shared).map_err(|error| refused(location, error))?;
    if location.mode != Mode::ReadOnly && connection.is_readonly("main").unwrap_or(false) {
        return Err(read_only(location));
    }
    Ok(connection)
}

/// The bare handle.
pub(super) fn handle(location: &Location) -> Result<Connection> {
    let access = match location.mode {
        Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    // One thread uses the handle, so SQLite needs no locks of its own around it. Interrupting is safe all the same.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Some(path) = &location.path else {
        // Unlike `:memory:` it has a name, so that it can outlive a connection.
        let name = format!("file:/orm-{}?vfs=memdb", location.number);
        let flags = flags | OpenFlags::SQLITE_OPEN_URI;
        return Connection::open_with_flags(name, flags).map_err(|error| refused(location, error));
    };
    look(path, location)?;
    Connection::open_with_flags(path, flags).map_err(|error| refused(location, error))
}

/// Says what SQLite would only call "unable to open database file".
fn look(path: &Path, location: &Location) -> Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(directory) = directory.filter(|directory| !directory.is_dir()) {
        let message =
            format!("there is no directory {} for the database: create it first", directory.display());
        return Err(Error::Configuration(message.into()));
    }
    if path.is_dir() {
        let message = format!("{} is a directory: name a file in the URL", path.display());
        return Err(Error::Configuration(message.into()));
    }
    if location.mode != Mode::Create && !path.exists() {
        return Err(Error::UnknownDatabase(location.name().into()));
    }
    Ok(())
}

fn set_up(connection: &Connection, location: &Location, shared: &Arc<Shared>) -> rusqlite::Result<()> {
    let progress = Arc::clone(shared);
    // An interrupt that comes between two statements is lost on SQLite; this look is not.
    connection.progress_handler(INSTRUCTIONS, Some(move || progress.cancelled.load(Ordering::Relaxed)))?;
    WAIT.with_borrow_mut(|wait| *wait = Some(Wait { shared: Arc::clone(shared), since: Instant::now() }));
    connection.busy_handler(Some(wait_for_lock))?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    super::decimal::register(connection)?;
    if location.path.is_some() && location.mode != Mode::ReadOnly {
        write_ahead(connection)?;
    }
    defaults(connection)?;
    // SQLite reads nothing of the file when it opens it: find out here whether it is a database.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// Sets what a program could have changed, on opening and again on reset.
pub(super) fn defaults(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    // Otherwise a misspelt column in double quotes is a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA query_only = OFF; PRAGMA case_sensitive_like = OFF",
    )?;
    // A program's own PRAGMA busy_timeout replaces the handler.
    connection.busy_handler(Some(wait_for_lock))
}

/// Turns the write-ahead log on. Two connections that do so at once are refused without a look at the busy handler.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let mut tries = 0;
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match mode {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && wait_for_lock(tries) =>
            {
                tries = tries.saturating_add(1);
            }
            other => return other.map(|_| ()),
        }
    }
}

/// Waits a little, longer from try to try; `false` gives up. `tries` counts from 0 for each lock.
fn wait_for_lock(tries: i32) -> bool {
    WAIT.with_borrow_mut(|wait| {
        let Some(wait) = wait else {
            return false;
        };
        if tries == 0 {
            wait.since = Instant::now();
        }
        if wait.shared.cancelled.load(Ordering::Relaxed) || wait.since.elapsed() >= BUSY_TIMEOUT {
            return false;
        }
        // Short enough that a caller who leaves is noticed soon.
        let doubled = 1_u64 << tries.clamp(0, 7);
        thread::sleep(Duration::from_micros(100 * doubled).min(Duration::from_millis(10)));
        true
    })
}

fn refused(location: &Location, error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            Error::Configuration(format!("{} is not an SQLite database", location.name()).into())
        }
        Some(ErrorCode::ReadOnly) => read_only(location),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Error::ConnectionRefused(
            format!(
                "the file {} cannot be opened: look at its permissions and those of its directory",
                location.name()
            )
            .into(),
        ),
        _ => super::error::plain(error, false),
    }
}

fn read_only(location: &Location) -> Error {
    let message = format!(
        "the file {} cannot be written: change its permissions, or say `?mode=ro` in the URL",
        location.name()
    );
    Error::ConnectionRefused(message.into())
}
