//! The thread of one connection: takes commands, steps through statements, hands back batches of rows.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch as Script, Connection, InterruptHandle, PrepFlags, Statement};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::batch::Batch;
use super::session::Shared;
use super::url::{Location, Mode};
use super::{error, introspect, session, value};
use crate::driver::{Begin, Control, Done};
use crate::error::{Error, Result};
use crate::value::Value;

/// Rows of the first batch: few, so that whoever wants one row has it soon.
const FIRST_ROWS: usize = 8;
/// Rows of every other batch,
const MORE_ROWS: usize = 256;
/// or about this many bytes.
const BATCH_BYTES: usize = 64 * 1024;

/// Refuses all statements that write, and no longer does.
const READ_ONLY: &str = "PRAGMA query_only = ON";
const READ_WRITE: &str = "PRAGMA query_only = OFF";

/// What the connection asks of its thread.
pub(super) enum Command {
    /// Run a statement.
    Query(Query),
    /// Drive the transaction or the session.
    Control(Control),
    /// Close the database and end.
    Close,
}

/// A statement to run.
pub(super) struct Query {
    pub(super) text: Text,
    pub(super) params: Vec<Value<'static>>,
    /// Whether the columns' names are wanted.
    pub(super) names: bool,
    /// Buffers that are not needed any more, to put the first rows in.
    pub(super) spare: Batch,
}

/// A statement's text.
pub(super) enum Text {
    /// Of this number; the text comes along until the statement is known to be prepared.
    Fixed { number: usize, sql: Option<Box<str>> },
    /// One statement.
    Dynamic(Box<str>),
    /// One or more, not kept.
    Script(Box<str>),
}

/// What comes back.
pub(super) enum Reply {
    /// The database is open, or is not.
    Opened(Result<InterruptHandle>),
    /// Some rows; more will follow, or the end.
    Rows(Batch),
    /// The end of a command.
    End(End),
}

/// The end of a command, with the last rows.
pub(super) struct End {
    pub(super) batch: Batch,
    pub(super) outcome: Result<Done>,
    pub(super) in_transaction: bool,
}

/// The life of the thread.
pub(super) fn run(
    location: &Location,
    shared: &Arc<Shared>,
    inbox: &Receiver<Command>,
    outbox: &Sender<Reply>,
) {
    let connection = match session::open(location, shared) {
        Ok(connection) => connection,
        Err(error) => {
            // Nobody to tell it to means that nobody waits for it.
            let _ = outbox.blocking_send(Reply::Opened(Err(error)));
            return;
        }
    };
    if outbox.blocking_send(Reply::Opened(Ok(connection.get_interrupt_handle()))).is_err() {
        return;
    }
    let output = Output { connection: &connection, outbox, shared };
    let begin = if location.mode == Mode::ReadOnly { "BEGIN" } else { "BEGIN IMMEDIATE" };
    let mut worker = Worker { output, begin, reads_only: false, fixed: Vec::new() };
    while let Ok(command) = inbox.recv() {
        let mut batch = Batch::default();
        let outcome = match command {
            // Given up before it began.
            Command::Query(_) | Command::Control(_) if shared.cancelled.load(Ordering::Acquire) => {
                Err(Error::Unsupported("nobody waits for this any more".into()))
            }
            Command::Query(query) => worker.query(query, &mut batch),
            Command::Control(control) => worker.control(control).map(|()| Done::default()),
            Command::Close => break,
        };
        let in_transaction = !connection.is_autocommit();
        if output.send(Reply::End(End { batch, outcome, in_transaction })).is_err() {
            break;
        }
    }
    // Here the statements go, then the handle, and with it whatever transaction was open.
}

/// A kept statement.
struct Prepared<'c> {
    statement: Statement<'c>,
    insert: Insert,
}

struct Worker<'c> {
    output: Output<'c>,
    begin: &'static str,
    /// Whether statements that write are refused.
    reads_only: bool,
    /// The statements of fixed shape by their number. They borrow the handle, which lives in the frame above.
    fixed: Vec<Option<Prepared<'c>>>,
}

impl Worker<'_> {
    fn query(&mut self, query: Query, batch: &mut Batch) -> Result<Done> {
        let Query { text, params, names, spare } = query;
        let output = self.output;
        let connection = output.connection;
        *batch = spare;
        match text {
            Text::Fixed { number, sql } => {
                if self.fixed.len() <= number {
                    self.fixed.resize_with(number + 1, || None);
                }
                let slot = &mut self.fixed[number];
                if let (None, Some(sql)) = (&slot, sql) {
                    let flags = PrepFlags::SQLITE_PREPARE_PERSISTENT;
                    let statement = connection
                        .prepare_with_flags(&sql, flags)
                        .map_err(|failure| error::plain(failure, false))?;
                    *slot = Some(Prepared { statement, insert: Insert::of(&sql) });
                }
                let Some(prepared) = slot else {
                    return Err(Error::ConnectionLost("a statement was never prepared".into()));
                };
                output.run(&mut prepared.statement, &params, names, batch, prepared.insert)
            }
            Text::Dynamic(sql) => {
                let mut statement =
                    connection.prepare_cached(&sql).map_err(|failure| error::plain(failure, false))?;
                output.run(&mut statement, &params, names, batch, Insert::of(&sql))
            }
            Text::Script(sql) => match output.script(&sql, &params, names, batch) {
                // There is no sqlite_sequence, and so nothing to start again, until there is a table with AUTOINCREMENT.
                Err(Error::Database(failure)) if introspect::lacks_sequence(&sql, &failure.message) => {
                    Ok(Done::default())
                }
                other => other,
            },
        }
    }

    fn control(&mut self, command: Control) -> Result<()> {
        let connection = self.output.connection;
        match command {
            // It is always serializable. One that only reads takes no lock for writing, and is kept from trying to get it.
            Control::Begin(Begin { read_only: true, .. }) => {
                self.reads_only = true;
                self.execute(READ_ONLY)?;
                self.execute("BEGIN")
            }
            Control::Begin(_) => self.execute(self.begin),
            Control::Commit if connection.is_autocommit() => {
                self.let_write()?;
                Err(Error::TransactionEnded("SQLite has rolled it back".into()))
            }
            Control::Commit => self.execute("COMMIT").and_then(|()| self.let_write()),
            Control::Rollback if connection.is_autocommit() => self.let_write(),
            Control::Rollback => self.execute("ROLLBACK").and_then(|()| self.let_write()),
            // Outside of a transaction it would open one.
            Control::Savepoint(_) if connection.is_autocommit() => {
                Err(Error::TransactionEnded("SQLite has rolled it back".into()))
            }
            // Not kept prepared: no other statement has this text.
            Control::Savepoint(step) => connection
                .execute_batch(&step.to_string())
                .map_err(|failure| error::explain(connection, failure, false)),
            Control::Ping => Ok(()),
            Control::Reset => {
                if !connection.is_autocommit() {
                    self.execute("ROLLBACK")?;
                }
                session::defaults(connection).map_err(|failure| error::plain(failure, false))
            }
        }
    }

    /// Ends what a transaction that only reads began with.
    fn let_write(&mut self) -> Result<()> {
        if std::mem::take(&mut self.reads_only) { self.execute(READ_WRITE) } else { Ok(()) }
    }

    fn execute(&self, sql: &str) -> Result<()> {
        let connection = self.output.connection;
        let run = || connection.prepare_cached(sql)?.raw_execute();
        run().map(|_| ()).map_err(|failure| error::explain(connection, failure, false))
    }
}

/// Where rows go, and what the handle says about a statement that has run.
#[derive(Clone, Copy)]
struct Output<'c> {
    connection: &'c Connection,
    outbox: &'c Sender<Reply>,
    shared: &'c Shared,
}

/// The other side is gone.
struct Gone;

impl Output<'_> {
    /// Hands over, waiting while the other side has two batches to go through.
    fn send(&self, reply: Reply) -> std::result::Result<(), Gone> {
        match self.outbox.try_send(reply) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(reply)) => self.outbox.blocking_send(reply).map_err(|_| Gone),
            Err(TrySendError::Closed(_)) => Err(Gone),
        }
    }

    /// Runs statement after statement; the parameters are those of the first.
    fn script(&self, sql: &str, params: &[Value<'_>], names: bool, batch: &mut Batch) -> Result<Done> {
        let mut script = Script::new(self.connection, sql);
        let mut total = Done::default();
        let mut params = Some(params);
        while let Some(mut statement) = script.next().map_err(|failure| error::plain(failure, false))? {
            let done = self.run(&mut statement, params.take().unwrap_or(&[]), names, batch, Insert::No)?;
            total.affected += done.affected;
            // The next statement's rows may be of another width.
            let rows = std::mem::take(batch);
            if !rows.is_empty() && self.send(Reply::Rows(rows)).is_err() {
                break;
            }
        }
        Ok(total)
    }

    /// Runs a statement. Rows that did not fill a batch stay in `batch`, for the reply that ends the command.
    fn run(
        &self,
        statement: &mut Statement<'_>,
        params: &[Value<'_>],
        names: bool,
        batch: &mut Batch,
        insert: Insert,
    ) -> Result<Done> {
        let wanted = statement.parameter_count();
        if wanted != params.len() {
            let message = format!("the statement has {wanted} placeholders and {} values", params.len());
            return Err(Error::Unsupported(message.into()));
        }
        for (n, param) in params.iter().enumerate() {
            value::bind(statement, n + 1, param)?;
        }
        let (changes, rowid) = (self.connection.total_changes(), self.connection.last_insert_rowid());
        let stepped = self.step(statement, names, batch);
        if !params.is_empty() {
            // Otherwise long values stay in memory until the statement is used again.
            statement.clear_bindings();
        }
        stepped.map_err(|failure| error::explain(self.connection, failure, !params.is_empty()))?;
        Ok(self.done(changes, rowid, insert))
    }

    fn step(&self, statement: &mut Statement<'_>, names: bool, batch: &mut Batch) -> rusqlite::Result<()> {
        let mut limit = FIRST_ROWS;
        let (mut count, mut bytes) = (0, 0);
        // Dropping the rows resets the statement, which ends it and its locks however far it came.
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let width = row.as_ref().column_count();
            if batch.width != width {
                batch.width = width;
                self.describe(row.as_ref(), names, batch);
            }
            for n in 0..width {
                bytes += batch.push(row.get_ref(n)?);
            }
            count += 1;
            if count < limit && bytes < BATCH_BYTES {
                continue;
            }
            (count, bytes, limit) = (0, 0, MORE_ROWS);
            let next = batch.next();
            if self.send(Reply::Rows(std::mem::replace(batch, next))).is_err() || self.is_unwanted() {
                return Ok(());
            }
        }
        drop(rows);
        if batch.width == 0 {
            batch.width = statement.column_count();
            self.describe(statement, names, batch);
        }
        Ok(())
    }

    /// The names, read after the first step only: a statement whose table was changed is prepared anew by that step.
    fn describe(&self, statement: &Statement<'_>, names: bool, batch: &mut Batch) {
        if names && batch.width > 0 {
            batch.names = Some(statement.column_names().into_iter().map(str::to_owned).collect());
        }
    }

    fn is_unwanted(&self) -> bool {
        self.shared.enough.load(Ordering::Relaxed) || self.shared.cancelled.load(Ordering::Relaxed)
    }

    fn done(&self, changes: u64, rowid: i64, insert: Insert) -> Done {
        let connection = self.connection;
        // `changes` keeps the count of an earlier statement when this one changed nothing.
        let affected = if connection.total_changes() == changes { 0 } else { connection.changes() };
        let id = connection.last_insert_rowid();
        let inserted = match insert {
            Insert::Plain => true,
            // It may have updated a row instead, and then the id is that of an earlier insert.
            Insert::OnConflict => id != rowid,
            Insert::No => false,
        };
        // Of several rows SQLite tells the last id, and we promise the first: those who want it say RETURNING.
        let known = inserted && affected == 1;
        Done { affected, last_insert_id: if known { u64::try_from(id).ok() } else { None } }
    }
}

/// Whether a statement inserts, so that `last_insert_rowid` can be its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Insert {
    No,
    Plain,
    OnConflict,
}

impl Insert {
    fn of(sql: &str) -> Self {
        match sql.trim_start().split_at_checked(6) {
            Some((verb, rest)) if verb.eq_ignore_ascii_case("INSERT") => {
                if rest.contains("CONFLICT") || rest.contains("conflict") {
                    Self::OnConflict
                } else {
                    Self::Plain
                }
            }
            _ => Self::No,
        }
    }
}
