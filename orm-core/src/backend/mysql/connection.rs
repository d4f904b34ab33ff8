//! One connection: its session, its prepared handles, its statements.

use std::borrow::Cow;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use mysql_async::consts::StatusFlags;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, DriverError, Error as DriverFailure, Params};

use super::dialect::{MARIADB, ServerDialect};
use super::error;
use super::guard::{Whose, guarded, hang_up};
use super::handles::Handles;
use super::kill::kill;
use super::nodes::Home;
use super::options::Options;
use super::result::{Reader, read};
use super::server::{Server, is_cut_off};
use super::value::DriverParams;
use crate::driver::{Begin, BoxFuture, Connection, Control, Done, ParamSource, RowSink, Statement};
use crate::error::{Error, Result};

/// Sent on connect and after every reset: UTC, and refusing instead of bending values. A reset takes MySQL's connections to the
/// server's own character set, whatever was agreed on when connecting, so it is named too.
const SESSION: &str = "SET NAMES utf8mb4, time_zone='+00:00', sql_mode='ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,\
     NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO'";

/// What a packet has besides the statement and its values, at most.
const HEADER: usize = 16;

/// A connection to MySQL or MariaDB.
pub(super) struct MysqlConnection {
    /// `None` once it is broken.
    conn: Option<Conn>,
    /// Set while a statement is under way. Found set by another, its future was dropped: part of a reply may still be in the stream.
    busy: bool,
    /// What the last reply said. The driver shows the flags of OK replies only; after an error that may have ended the
    /// transaction the server is asked.
    in_transaction: bool,
    handles: Handles,
    /// Whether the last statement gave anything to its sink.
    gave_rows: bool,
    server: Server,
    /// The node of a cluster that it leads to.
    home: Option<Home>,
    user: Box<str>,
}

impl fmt::Debug for MysqlConnection {
    // Not derived: the driver's own shows the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MysqlConnection")
            .field("id", &self.conn.as_ref().map(Conn::id))
            .field("busy", &self.busy)
            .field("in_transaction", &self.in_transaction)
            .finish_non_exhaustive()
    }
}

/// Why a statement failed.
enum Failure {
    /// The driver or the server said so.
    Driver(DriverFailure),
    /// We did, and the connection is as good as before.
    Ours(Error),
}

impl From<DriverFailure> for Failure {
    fn from(failure: DriverFailure) -> Self {
        Self::Driver(failure)
    }
}

impl MysqlConnection {
    /// Connects and sets the session up: two round trips after the driver's own.
    pub(super) async fn open(options: &Options) -> Result<Self> {
        let connected = async {
            let mut conn = Conn::new(options.driver()).await?;
            conn.query_drop(SESSION).await?;
            let server = Server::ask(&mut conn).await?;
            Ok((conn, server))
        };
        let connected = guarded(pin!(connected), &Whose::default()).await;
        let (conn, server) = connected
            .unwrap_or_else(|| Err(DriverFailure::Driver(DriverError::PacketOutOfOrder)))
            .map_err(|failure| error::connecting(failure, options))?;
        Ok(Self {
            conn: Some(conn),
            busy: false,
            in_transaction: false,
            handles: Handles::default(),
            gave_rows: false,
            server,
            home: None,
            user: options.user().into(),
        })
    }

    /// Whether the server took writes when this was opened.
    pub(super) fn takes_writes(&self) -> bool {
        self.server.takes_writes
    }

    /// Whether the server says that it is a node of Galera without the others. One round trip on MariaDB, none on MySQL.
    pub(super) async fn is_cut_off(&mut self, options: &Options) -> Result<bool> {
        let is_mariadb = std::ptr::eq(self.server.dialect, &raw const MARIADB);
        let Some(conn) = self.conn.as_mut().filter(|_| is_mariadb) else { return Ok(false) };
        let answer = guarded(pin!(is_cut_off(conn)), &Whose::default()).await;
        answer
            .unwrap_or_else(|| Err(DriverFailure::Driver(DriverError::PacketOutOfOrder)))
            .map_err(|failure| error::connecting(failure, options))
    }

    pub(super) fn at(mut self, home: Home) -> Self {
        self.home = Some(home);
        self
    }

    pub(super) fn dialect(&self) -> &'static ServerDialect {
        self.server.dialect
    }

    #[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for its arguments twice")]
    fn run(
        &mut self,
        statement: &Statement<'_>,
        params: &dyn ParamSource,
        reader: &mut Reader<'_>,
    ) -> impl Future<Output = Result<Done, Failure>> + Send {
        async move {
            let Self { conn: Some(conn), handles, server, in_transaction, .. } = self else {
                return Err(Failure::Ours(gone()));
            };
            if let &Statement::Text(sql) = statement {
                if !params.is_empty() {
                    return Err(params_differ(0, params.len()));
                }
                check_size(sql.len(), server.packet_limit)?;
                let mut result = conn.query_iter(sql).await?;
                let read = read(&mut result, reader, true).await?;
                result.drop_result().await?;
                return finish(conn, in_transaction, read);
            }
            let mut is_second = false;
            let mut result = loop {
                let given = reader.whose.callers(|| DriverParams::of(params)).map_err(Failure::Ours)?;
                check_size(given.size + statement.sql().len(), server.packet_limit)?;
                let handle = handles.get(conn, *statement).await?;
                // The driver would close the connection over it.
                if usize::from(handle.num_params()) != given.values.len() {
                    return Err(params_differ(handle.num_params(), given.values.len()));
                }
                match conn.exec_iter(handle, Params::Positional(given.values)).await {
                    // Refused before it had any effect.
                    Err(DriverFailure::Server(error)) if error::loses_handle(error.code) && !is_second => {
                        handles.forget(*statement);
                        is_second = true;
                    }
                    other => break other?,
                }
            };
            let read = read(&mut result, reader, false).await?;
            // A procedure has further results, which nobody asked for.
            result.drop_result().await?;
            let was_open = *in_transaction;
            let done = finish(conn, in_transaction, read)?;
            if was_open && !*in_transaction && error::only_reads(statement.sql()) {
                return Err(Failure::Ours(error::gave_way(statement.sql())));
            }
            Ok(done)
        }
    }

    async fn command(&mut self, command: Control) -> Result<(), Failure> {
        let Self { conn: Some(conn), in_transaction, .. } = self else { return Err(Failure::Ours(gone())) };
        match command {
            Control::Begin(begin) => conn.query_drop(start(begin)).await?,
            Control::Commit => conn.query_drop("COMMIT").await?,
            Control::Rollback => conn.query_drop("ROLLBACK").await?,
            Control::Savepoint(step) => conn.query_drop(step.to_string()).await?,
            Control::Ping => conn.ping().await?,
            Control::Reset => {
                if !conn.reset().await? {
                    return Err(Failure::Ours(Error::Unsupported(
                        "this server is too old to reset a connection".into(),
                    )));
                }
                self.handles = Handles::default();
                conn.query_drop(SESSION).await?;
            }
        }
        *in_transaction = status(conn);
        Ok(())
    }

    fn start(&mut self) -> Result<()> {
        if self.is_broken() {
            return Err(gone());
        }
        // Before anything is sent, so that a future dropped anywhere leaves it set.
        self.busy = true;
        Ok(())
    }

    /// Decides what an outcome means for the connection.
    async fn settle<T>(&mut self, outcome: Result<T, Failure>, sql: &str) -> Result<T> {
        match outcome {
            Ok(done) => {
                self.busy = false;
                Ok(done)
            }
            // Boxed, so that the common case does not carry the room for it.
            Err(failure) => Err(Box::pin(self.fail(failure, sql)).await),
        }
    }

    async fn fail(&mut self, failure: Failure, sql: &str) -> Error {
        let failure = match failure {
            Failure::Ours(error) => {
                self.busy = false;
                return error;
            }
            Failure::Driver(failure) => failure,
        };
        match &failure {
            DriverFailure::Server(error) if !error::ends_connection(error) => {
                if self.in_transaction && !error::leaves_transaction_open(error.code) {
                    self.ask_for_status().await;
                }
            }
            // Found out before anything was sent.
            DriverFailure::Driver(DriverError::MixedParams) => {}
            _ => self.conn.take().map_or((), hang_up),
        }
        self.busy = false;
        error::failed(failure, &self.user, sql)
    }

    /// Asks whether the transaction is still open: the reply to a ping says so, one to a failed statement does not.
    async fn ask_for_status(&mut self) {
        let Some(conn) = &mut self.conn else { return };
        let answer = guarded(conn.ping().as_mut(), &Whose::default()).await;
        match answer {
            Some(Ok(())) => self.in_transaction = status(conn),
            _ => self.conn.take().map_or((), hang_up),
        }
    }
}

impl Connection for MysqlConnection {
    fn query<'a>(
        &'a mut self,
        statement: Statement<'a>,
        params: &'a dyn ParamSource,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<Done>> {
        Box::pin(async move {
            self.start()?;
            let whose = Whose::default();
            let mut reader = Reader { sink, gave_rows: false, whose: &whose };
            let outcome = {
                let run = pin!(self.run(&statement, params, &mut reader));
                guarded(run, &whose).await.unwrap_or_else(gave_up)
            };
            self.gave_rows = reader.gave_rows;
            self.settle(outcome, statement.sql()).await
        })
    }

    fn control(&mut self, command: Control) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.start()?;
            let outcome = {
                let command = pin!(self.command(command));
                guarded(command, &Whose::default()).await.unwrap_or_else(gave_up)
            };
            self.settle(outcome, "").await
        })
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction && self.conn.is_some()
    }

    fn is_broken(&self) -> bool {
        self.busy || self.conn.as_ref().is_none_or(Conn::is_disconnected)
    }

    fn gave_rows(&self) -> bool {
        self.gave_rows
    }

    fn is_left(&self) -> bool {
        self.home.as_ref().is_some_and(Home::is_left)
    }

    fn bulk_id_step(&self) -> Option<u64> {
        self.server.bulk_id_step
    }

    fn idle_limit(&self) -> Option<Duration> {
        self.server.idle_limit
    }

    fn packet_limit(&self) -> usize {
        self.server.packet_limit
    }

    fn abandon(&mut self) -> BoxFuture<'static, ()> {
        let Some(conn) = self.conn.take() else { return Box::pin(async {}) };
        let (options, number, server) = (conn.opts().clone(), conn.id(), self.server.identity.clone());
        hang_up(conn);
        Box::pin(async move {
            // A server that does not answer cannot be told.
            let kill = pin!(kill(options, &server, number));
            let _ = guarded(kill, &Whose::default()).await;
        })
    }

    fn close(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Some(conn) = self.conn.take_if(|_| !self.busy) {
                // It goes either way.
                let _ = conn.disconnect().await;
            }
        })
    }
}

impl Drop for MysqlConnection {
    /// One left in the middle of a result is closed at once.
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take_if(|_| self.busy) {
            hang_up(conn);
        }
    }
}

/// What the last reply says.
fn finish(conn: &Conn, in_transaction: &mut bool, read: Result<()>) -> Result<Done, Failure> {
    *in_transaction = status(conn);
    match read {
        Ok(()) => Ok(Done { affected: conn.affected_rows(), last_insert_id: conn.last_insert_id() }),
        Err(error) => Err(Failure::Ours(error)),
    }
}

/// In one send, so that the isolation level never stays behind for another statement to be struck by it.
fn start(begin: Begin) -> Cow<'static, str> {
    let mode = if begin.read_only { " READ ONLY" } else { "" };
    match begin.isolation {
        Some(isolation) => {
            format!("SET TRANSACTION ISOLATION LEVEL {isolation}; START TRANSACTION{mode}").into()
        }
        None if begin.read_only => "START TRANSACTION READ ONLY".into(),
        None => "START TRANSACTION".into(),
    }
}

fn status(conn: &Conn) -> bool {
    conn.last_ok_packet().is_some_and(|ok| ok.status_flags().contains(StatusFlags::SERVER_STATUS_IN_TRANS))
}

/// Refuses what the server would answer by closing the connection.
fn check_size(size: usize, limit: usize) -> Result<(), Failure> {
    let size = size.saturating_add(HEADER);
    if size <= limit {
        return Ok(());
    }
    Err(Failure::Ours(Error::Unsupported(
        format!("this statement has {size} bytes, and the server takes {limit} (max_allowed_packet)").into(),
    )))
}

fn params_differ(wanted: u16, given: usize) -> Failure {
    Failure::Ours(Error::Unsupported(
        format!("the statement has {wanted} placeholders, and {given} values were given").into(),
    ))
}

/// The outcome where the driver panicked.
fn gave_up<T>() -> Result<T, Failure> {
    Err(Failure::Driver(DriverFailure::Driver(DriverError::PacketOutOfOrder)))
}

fn gone() -> Error {
    Error::ConnectionLost("it broke earlier, or a statement on it was dropped half-way".into())
}
