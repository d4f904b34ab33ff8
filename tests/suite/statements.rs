//! Listens to the statement log.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest};
use tracing::{Event, Metadata, Subscriber};

/// What the log said of one statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Logged {
    pub(crate) sql: String,
    pub(crate) backend: String,
    pub(crate) transaction: Option<u64>,
    pub(crate) values: Option<String>,
    pub(crate) affected: Option<u64>,
    pub(crate) rows: Option<u64>,
    pub(crate) error: Option<String>,
    pub(crate) has_elapsed: bool,
}

/// Keeps `tracing` from forgetting a listener: where nobody at all listens, a place that logs for the first time may be taken for one
/// that nobody wants to hear, just while another thread begins to listen.
pub(crate) fn prepare() {
    // The harness runs once, so there is no other before it.
    let _ = tracing::subscriber::set_global_default(Undecided);
}

/// Wants to be asked each time, and never wants anything.
struct Undecided;

impl Subscriber for Undecided {
    fn register_callsite(&self, _metadata: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, _event: &Event<'_>) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// Hears all statements of this thread until it is dropped.
pub(crate) struct Listener {
    heard: Heard,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Logged>>>);

impl Listener {
    pub(crate) fn start() -> Self {
        let heard = Heard::default();
        let guard = tracing::subscriber::set_default(heard.clone());
        Self { heard, _guard: guard }
    }

    /// What was heard since the last call.
    pub(crate) fn take(&self) -> Vec<Logged> {
        std::mem::take(&mut *self.heard.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The texts of it, with the quotes that standard SQL has, and without what only SQLite writes behind a limit.
    pub(crate) fn sql(&self) -> Vec<String> {
        self.take().into_iter().map(|logged| plain(&logged.sql)).collect()
    }
}

impl Visit for Logged {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "transaction" => self.transaction = Some(value),
            "affected" => self.affected = Some(value),
            "rows" => self.rows = Some(value),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "sql" => value.clone_into(&mut self.sql),
            "backend" => value.clone_into(&mut self.backend),
            "values" => self.values = Some(value.to_owned()),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "error" => self.error = Some(format!("{value:?}")),
            "elapsed" => self.has_elapsed = true,
            _ => {}
        }
    }
}

impl Subscriber for Heard {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "orm_core::statement"
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut logged = Logged::default();
        event.record(&mut logged);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(logged);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// The text in the words that all databases share.
pub(crate) fn plain(sql: &str) -> String {
    sql.replace('`', "\"").replace("LIMIT ? + 0", "LIMIT ?")
}
