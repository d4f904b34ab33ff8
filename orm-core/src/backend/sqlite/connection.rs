//! The asynchronous side of a connection: one hop to its thread and one back for most statements.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use rusqlite::InterruptHandle;
use tokio::sync::mpsc::{Receiver, channel};

use super::batch::Batch;
use super::session::Shared;
use super::url::Location;
use super::worker::{self, Command, End, Query, Reply, Text};
use crate::driver::{
    BoxFuture, Connection, Control, Done, Flow, NoRows, ParamSource, RowSink, Statement, awaiting_rows,
    give_way,
};
use crate::error::{Error, Result};

/// Batches that may wait to be read; the thread stops stepping when there are more.
const BATCHES: usize = 2;

/// Starts the thread and waits until it has opened the database.
pub(super) async fn connect(location: Arc<Location>) -> Result<Box<dyn Connection>> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let shared = Arc::new(Shared::default());
    // Dropped with this future, it ends the thread even while that waits for a lock.
    let hangup = Hangup(Arc::clone(&shared));
    let (commands, inbox) = sync_channel(1);
    let (outbox, mut replies) = channel(BATCHES);
    thread::Builder::new()
        // Linux shows 15 characters of it.
        .name(format!("sqlite-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
        .spawn(move || worker::run(&location, &shared, &inbox, &outbox))
        .map_err(|error| Error::ConnectionRefused(format!("no thread for the connection: {error}").into()))?;
    match replies.recv().await {
        Some(Reply::Opened(interrupt)) => Ok(Box::new(SqliteConnection {
            commands,
            replies,
            interrupt: interrupt?,
            hangup,
            prepared: Vec::new(),
            spare: Batch::default(),
            in_transaction: false,
            unread: false,
            broken: false,
        })),
        _ => Err(lost()),
    }
}

/// Tells the thread that nobody waits for it any more.
struct Hangup(Arc<Shared>);

impl Drop for Hangup {
    fn drop(&mut self) {
        self.0.cancelled.store(true, Ordering::Release);
    }
}

struct SqliteConnection {
    commands: SyncSender<Command>,
    replies: Receiver<Reply>,
    interrupt: InterruptHandle,
    hangup: Hangup,
    /// Which fixed statements the thread has prepared, by their number: their text need not travel again.
    prepared: Vec<bool>,
    /// The buffers of an earlier result, used again.
    spare: Batch,
    in_transaction: bool,
    /// A command was sent whose last reply was not read yet.
    unread: bool,
    /// The thread has ended.
    broken: bool,
}

impl Drop for SqliteConnection {
    fn drop(&mut self) {
        // Ends whatever the thread is at; it sees the flag in the place where an interrupt would be lost.
        self.hangup.0.cancelled.store(true, Ordering::Release);
        self.interrupt.interrupt();
    }
}

impl Connection for SqliteConnection {
    fn query<'a>(
        &'a mut self,
        statement: Statement<'a>,
        params: &'a dyn ParamSource,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<Done>> {
        Box::pin(async move {
            let outcome = self.run(statement, params, sink).await;
            outcome.map_err(|error| with_sql(error, statement.sql()))
        })
    }

    fn control(&mut self, command: Control) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.unread && command == Control::Rollback {
                self.catch_up().await?;
            }
            let mut running = self.start(Command::Control(command))?;
            loop {
                if let Reply::End(end) = running.reply(&mut NoRows).await? {
                    running.finish(&end);
                    return end.outcome.map(|_| ());
                }
            }
        })
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    fn is_broken(&self) -> bool {
        self.broken
    }

    fn survives_cancel(&self) -> bool {
        true
    }

    fn bulk_id_step(&self) -> Option<u64> {
        // INSERT .. RETURNING tells the ids.
        None
    }

    fn packet_limit(&self) -> usize {
        // SQLite's limit for a text, a blob and a statement.
        1_000_000_000
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let mut this = self;
            if this.commands.try_send(Command::Close).is_ok() {
                // The thread lets go of its end once the file is closed.
                while this.replies.recv().await.is_some() {}
            }
        })
    }
}

impl SqliteConnection {
    async fn run(
        &mut self,
        statement: Statement<'_>,
        params: &dyn ParamSource,
        sink: &mut dyn RowSink,
    ) -> Result<Done> {
        let (text, number) = match statement {
            Statement::Fixed { id, sql } => {
                let number = id.number();
                let known = self.prepared.get(number).copied().unwrap_or(false);
                let sql = if known { None } else { Some(sql.into()) };
                (Text::Fixed { number, sql }, Some(number).filter(|_| !known))
            }
            Statement::Dynamic(sql) => (Text::Dynamic(sql.into()), None),
            Statement::Text(sql) => (Text::Script(sql.into()), None),
        };
        let mut values = Vec::with_capacity(params.len());
        params.give(&mut values)?;
        let query = Query {
            text,
            params: values,
            names: sink.wants_columns(),
            spare: std::mem::take(&mut self.spare),
        };
        let mut running = self.start(Command::Query(query))?;
        let mut refused = None;
        loop {
            match running.reply(sink).await? {
                Reply::Rows(mut batch) => running.deliver(&mut batch, sink, &mut refused).await,
                Reply::Opened(_) => {}
                Reply::End(mut end) => {
                    running.finish(&end);
                    running.deliver(&mut end.batch, sink, &mut refused).await;
                    drop(running);
                    self.spare = end.batch.into_spare();
                    if let (Ok(_), Some(number)) = (&end.outcome, number) {
                        self.mark(number);
                    }
                    return refused.map_or(end.outcome, Err);
                }
            }
        }
    }

    fn mark(&mut self, number: usize) {
        if self.prepared.len() <= number {
            self.prepared.resize(number + 1, false);
        }
        self.prepared[number] = true;
    }

    fn start(&mut self, command: Command) -> Result<Running<'_>> {
        if self.unread {
            return Err(Error::ConnectionLost("an earlier statement was given up half-way".into()));
        }
        self.hangup.0.enough.store(false, Ordering::Relaxed);
        // Not usable until the reply is there: the future may be dropped at any await.
        self.unread = true;
        if self.commands.try_send(command).is_err() {
            self.broken = true;
            return Err(lost());
        }
        Ok(Running { connection: self, finished: false })
    }

    /// Waits until the thread has ended what was given up half-way.
    async fn catch_up(&mut self) -> Result<()> {
        loop {
            match self.replies.recv().await {
                Some(Reply::End(end)) => {
                    (self.unread, self.in_transaction) = (false, end.in_transaction);
                    // Only now, when there is nothing left that it could let go on.
                    self.hangup.0.cancelled.store(false, Ordering::Release);
                    return Ok(());
                }
                Some(Reply::Rows(_) | Reply::Opened(_)) => {}
                None => {
                    self.broken = true;
                    return Err(lost());
                }
            }
        }
    }
}

/// A command on its way. Dropped before its end, it interrupts the thread.
struct Running<'a> {
    connection: &'a mut SqliteConnection,
    finished: bool,
}

impl Running<'_> {
    async fn reply(&mut self, sink: &mut dyn RowSink) -> Result<Reply> {
        let reply = awaiting_rows(pin!(self.connection.replies.recv()), || sink.waits()).await;
        self.connection.broken = reply.is_none();
        reply.ok_or_else(lost)
    }

    /// The thread waits for the next command: the connection is good again.
    fn finish(&mut self, end: &End) {
        self.finished = true;
        self.connection.unread = false;
        self.connection.in_transaction = end.in_transaction;
    }

    /// Hands the rows to the sink until it refuses one.
    async fn deliver(&mut self, batch: &mut Batch, sink: &mut dyn RowSink, refused: &mut Option<Error>) {
        if refused.is_some() {
            return;
        }
        if let Some(names) = batch.names.take() {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if let Err(error) = sink.columns(&names) {
                return self.refuse(refused, error);
            }
        }
        for mut row in batch.rows() {
            match sink.row(&mut row) {
                Ok(Flow::Continue) => {}
                Ok(Flow::Pause) => give_way().await,
                Err(error) => return self.refuse(refused, error),
            }
        }
    }

    fn refuse(&self, refused: &mut Option<Error>, error: Error) {
        *refused = Some(error);
        self.connection.hangup.0.enough.store(true, Ordering::Relaxed);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.connection.hangup.0.cancelled.store(true, Ordering::Release);
            self.connection.interrupt.interrupt();
        }
    }
}

fn lost() -> Error {
    Error::ConnectionLost("the connection's thread has ended".into())
}

/// Adds the statement to an error that has room for it.
fn with_sql(mut error: Error, sql: &str) -> Error {
    if let Error::Database(inner)
    | Error::Conflict(inner)
    | Error::LockTimeout(inner)
    | Error::ReadOnly(inner) = &mut error
    {
        sql.clone_into(&mut inner.sql);
    }
    error
}
