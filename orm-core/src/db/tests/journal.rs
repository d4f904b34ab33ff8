//! What was sent to the database, as the statement log tells it; or the events of another target.

use std::fmt;
use std::sync::{Arc, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest};
use tracing::{Event, Metadata, Subscriber};

/// The events of this thread, while it lives.
pub(super) struct Journal {
    events: Arc<Mutex<Vec<Fields>>>,
    _listening: DefaultGuard,
}

impl Journal {
    /// Of the statement log.
    pub(super) fn start() -> Self {
        Self::of("orm_core::statement")
    }

    pub(super) fn of(target: &'static str) -> Self {
        static PREPARED: Once = Once::new();
        PREPARED.call_once(|| tracing::subscriber::set_global_default(Undecided).unwrap());
        let events = Arc::default();
        let listener = Listener { target, events: Arc::clone(&events) };
        let _listening = tracing::subscriber::set_default(listener);
        Self { events, _listening }
    }

    /// The texts of the statements since the last time.
    pub(super) fn statements(&self) -> Vec<String> {
        self.take().into_iter().map(|fields| fields.sql).collect()
    }

    /// All that was said of them, as text, but how long they took. Of other targets than the statement log also the level.
    pub(super) fn events(&self) -> Vec<String> {
        self.take().into_iter().map(|fields| fields.all.trim_end().to_owned()).collect()
    }

    fn take(&self) -> Vec<Fields> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }
}

#[derive(Default)]
struct Fields {
    all: String,
    sql: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "sql" {
            value.clone_into(&mut self.sql);
        }
        self.record_debug(field, &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() != "elapsed" {
            self.all += &format!("{}={value:?} ", field.name());
        }
    }
}

struct Listener {
    target: &'static str,
    events: Arc<Mutex<Vec<Fields>>>,
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == self.target
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        if self.target != "orm_core::statement" {
            fields.all = format!("{} ", event.metadata().level());
        }
        event.record(&mut fields);
        self.events.lock().unwrap().push(fields);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// Wants to be asked each time, and never wants anything. Without it a place that logs for the first time on another thread may be
/// taken for one that nobody wants to hear.
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
