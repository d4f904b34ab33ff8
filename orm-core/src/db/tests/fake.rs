//! A database made up for tests: the text of a statement says what happens.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::db::{Call, CallStatement, Db, DbOptions, Executor};
use crate::driver::{BoxFuture, Cells, Connection, Connector, Control, Done, NoRows, RowSink, Statement};
use crate::error::{DatabaseError, Error, Result};
use crate::schema::{ColumnDef, Table};
use crate::sql::{Capabilities, Dialect, Match};
use crate::value::Value;

/// What a server would know.
#[derive(Default)]
pub(super) struct Server {
    pub(super) journal: Mutex<Vec<String>>,
    pub(super) opened: AtomicUsize,
    /// How often each request gives way before and after it takes effect.
    pub(super) yields: AtomicUsize,
    /// Connections can be used again after a future was dropped.
    pub(super) survives: bool,
    /// The most connections.
    pub(super) size: Option<usize>,
    /// What COMMIT does: nothing special, or like the statement of this text.
    pub(super) commit: Mutex<Option<&'static str>>,
    /// Connecting never ends.
    pub(super) deaf: AtomicBool,
    /// All connections that are open now are dead.
    pub(super) killed: AtomicUsize,
}

impl Server {
    pub(super) fn note(&self, line: impl Into<String>) {
        self.journal.lock().unwrap().push(line.into());
    }

    /// What happened since the last time.
    pub(super) fn journal(&self) -> Vec<String> {
        std::mem::take(&mut self.journal.lock().unwrap())
    }

    pub(super) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    /// Ends all connections that are open.
    pub(super) fn restart(&self) {
        self.killed.store(self.opened(), Ordering::SeqCst);
    }
}

/// A `Db` on this server.
pub(super) async fn connect(server: &Arc<Server>, options: DbOptions) -> Db {
    options.open(Arc::new(Fake(Arc::clone(server)))).await.unwrap()
}

pub(super) fn options() -> DbOptions {
    DbOptions::new("fake:").acquire_timeout(Duration::from_millis(200))
}

/// Runs a statement of this text.
pub(super) async fn run(executor: &impl Executor, sql: &str) -> Result<Done> {
    run_into(executor, sql, &mut NoRows).await
}

pub(super) async fn run_into(executor: &impl Executor, sql: &str, sink: &mut dyn RowSink) -> Result<Done> {
    let call = Call { table: None, statement: CallStatement::Dynamic(sql) };
    executor.handle().run(call, Vec::new(), sink).await
}

pub(super) struct Fake(pub(super) Arc<Server>);

impl Connector for Fake {
    fn dialect(&self) -> &'static dyn Dialect {
        &Plain
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async {
            if self.0.deaf.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            let number = self.0.opened.fetch_add(1, Ordering::SeqCst) + 1;
            let server = Arc::clone(&self.0);
            Ok(Box::new(Wire::new(server, number)) as Box<dyn Connection>)
        })
    }

    fn max_connections(&self) -> Option<usize> {
        self.0.size
    }
}

struct Wire {
    server: Arc<Server>,
    number: usize,
    /// What the last reply said of a transaction.
    reported: bool,
    broken: bool,
    /// What only the server knows: a transaction, a setting, a request whose reply was not read.
    open: bool,
    changed: bool,
    unread: bool,
}

impl Wire {
    fn new(server: Arc<Server>, number: usize) -> Self {
        Self { server, number, reported: false, broken: false, open: false, changed: false, unread: false }
    }

    async fn give_way(&self) {
        for _ in 0..self.server.yields.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    }

    async fn act(&mut self, sql: &str, sink: &mut dyn RowSink) -> Result<Done> {
        if self.unread && !(self.server.survives && sql == "ROLLBACK") {
            self.server.note("OUT OF STEP");
        }
        self.unread = true;
        self.give_way().await;
        if self.server.killed.load(Ordering::SeqCst) >= self.number {
            self.broken = true;
            return Err(Error::ConnectionLost("restarted".into()));
        }
        self.server.note(format!("{}: {sql}", self.number));
        let refusal = |code| DatabaseError::new(code, "HY000", "refused");
        let mut result = Ok(Done { affected: 1, last_insert_id: None });
        match sql {
            "BEGIN" => self.open = true,
            "COMMIT" | "ROLLBACK" | "ddl" => self.open = false,
            "set" => self.changed = true,
            "RESET" => (self.open, self.changed) = (false, false),
            "probe" if self.open || self.changed => self.server.note("NOT CLEAN"),
            "hang" => std::future::pending().await,
            "conflict" => {
                self.open = false;
                result = Err(Error::Conflict(refusal(1213)));
            }
            "abort" => {
                self.open = false;
                result = Err(Error::Database(refusal(1)));
            }
            "refused" => result = Err(Error::Database(refusal(1064))),
            "lost" => {
                self.broken = true;
                result = Err(Error::ConnectionLost("lost".into()));
            }
            "rows" => {
                for _ in 0..3 {
                    let _ = sink.row(&mut NoCells)?;
                    tokio::task::yield_now().await;
                }
            }
            _ => {}
        }
        self.give_way().await;
        (self.unread, self.reported) = (false, self.open);
        result
    }
}

impl Connection for Wire {
    fn query<'a>(
        &'a mut self,
        statement: Statement<'a>,
        _params: Vec<Value<'a>>,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<Done>> {
        Box::pin(async move { self.act(statement.sql(), sink).await })
    }

    fn control(&mut self, command: Control) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let commit = *self.server.commit.lock().unwrap();
            let name = format!("{command:?}").to_uppercase();
            let text = if command == Control::Commit { commit.unwrap_or(&name) } else { &name };
            self.act(text, &mut NoRows).await.map(|_| ())
        })
    }

    fn in_transaction(&self) -> bool {
        self.reported
    }

    fn is_broken(&self) -> bool {
        self.broken
    }

    fn survives_cancel(&self) -> bool {
        self.server.survives
    }

    fn abandon(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async { self.server.note(format!("{}: abandoned", self.number)) })
    }

    fn bulk_id_step(&self) -> Option<u64> {
        None
    }

    fn packet_limit(&self) -> usize {
        1 << 20
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.server.note(format!("{}: bye", self.number)) })
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.note(format!("{}: gone", self.number));
    }
}

struct NoCells;

impl Cells for NoCells {
    fn len(&self) -> usize {
        0
    }

    fn take(&mut self, _index: usize) -> Value<'_> {
        Value::Null
    }
}

#[derive(Debug)]
struct Plain;

impl Dialect for Plain {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn capabilities(&self) -> &'static Capabilities {
        panic!("nothing is rendered in these tests")
    }

    fn quote(&self) -> char {
        '"'
    }

    fn column_definition(&self, _out: &mut String, _table: &Table, _column: &ColumnDef) {}

    fn table_options(&self) -> &'static str {
        ""
    }

    fn referrers_sql(&self) -> &'static str {
        ""
    }

    fn index_names_sql(&self) -> &'static str {
        ""
    }

    fn truncate(&self, _table: &Table) -> Vec<String> {
        Vec::new()
    }

    fn limit_offset(&self, _out: &mut String, _limit: bool, _offset: bool, _position: usize) {}

    fn null_safe_equal(&self, _out: &mut String, _left: &str, _right: &str, _negated: bool) {}

    fn text_match(&self, _kind: Match, text: &str, _binary: bool) -> (&'static str, String) {
        ("=", text.to_owned())
    }

    fn json_equal(&self, _out: &mut String, _column: &str, _placeholder: &str) {}
}
