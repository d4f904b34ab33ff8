//! A connector without a database: it fails when it is told to, and counts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::backend;
use crate::db::{Db, DbOptions};
use crate::driver::{BoxFuture, Connection, Connector, Control, Done, ParamSource, RowSink, Statement};
use crate::error::{Error, Result};
use crate::sql::Dialect;

/// Opens connections that answer everything at once.
pub(super) struct Stub {
    dialect: &'static dyn Dialect,
    /// What connecting answers.
    pub(super) refuses: Mutex<Option<fn() -> Error>>,
    pub(super) attempts: AtomicUsize,
    /// What the server is said to allow.
    pub(super) idle_limit: Option<Duration>,
}

impl Stub {
    /// `None` where there is no dialect to lend.
    pub(super) async fn new(idle_limit: Option<Duration>) -> Option<Arc<Self>> {
        let dialect = backend::open("sqlite::memory:", &[]).await.ok()?.dialect();
        let (refuses, attempts) = (Mutex::default(), AtomicUsize::new(0));
        Some(Arc::new(Self { dialect, refuses, attempts, idle_limit }))
    }

    pub(super) async fn db(self: &Arc<Self>, options: DbOptions) -> Result<Db> {
        options.open(Arc::clone(self) as Arc<dyn Connector>).await
    }

    pub(super) fn refuse(&self, error: Option<fn() -> Error>) {
        *self.refuses.lock().unwrap() = error;
    }

    pub(super) fn attempts(&self) -> usize {
        self.attempts.load(Ordering::Relaxed)
    }
}

impl Connector for Stub {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        let refused = self.refuses.lock().unwrap().map(|error| error());
        let connection = Answers { idle_limit: self.idle_limit };
        Box::pin(async move { refused.map_or(Ok(Box::new(connection) as _), Err) })
    }

    fn replica(&self, _url: &str) -> Result<Arc<dyn Connector>> {
        Err(Error::Configuration("it has none".into()))
    }
}

struct Answers {
    idle_limit: Option<Duration>,
}

impl Connection for Answers {
    fn query<'a>(
        &'a mut self,
        _statement: Statement<'a>,
        _params: &'a dyn ParamSource,
        _sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<Done>> {
        Box::pin(async { Ok(Done::default()) })
    }

    fn control(&mut self, _command: Control) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn in_transaction(&self) -> bool {
        false
    }

    fn is_broken(&self) -> bool {
        false
    }

    fn bulk_id_step(&self) -> Option<u64> {
        None
    }

    fn idle_limit(&self) -> Option<Duration> {
        self.idle_limit
    }

    fn packet_limit(&self) -> usize {
        1024
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}
