//! What the log says of a statement.

use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::fake::{Server, connect, options, run};
use crate::db::{Call, CallStatement, Executor as _};
use crate::driver::NoRows;
use crate::value::Value;

/// Keeps the events of statements as text.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() != "elapsed" {
            self.0 += &format!("{}={value:?} ", field.name());
        }
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "orm_core::statement"
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0.trim_end().to_owned());
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

#[tokio::test]
async fn each_statement_is_one_event() {
    let listener = Listener::default();
    let _guard = tracing::subscriber::set_default(listener.clone());
    let server = Arc::new(Server::default());
    let db = connect(&server, options()).await;
    run(&db, "rows").await.unwrap();
    run(&db, "refused").await.unwrap_err();
    let tx = db.begin().await.unwrap();
    let number = tx.number();
    tx.commit().await.unwrap();
    let events = std::mem::take(&mut *listener.0.lock().unwrap());
    let expected = [
        r#"backend="fake" sql="rows" affected=1 rows=3"#.to_owned(),
        r#"backend="fake" sql="refused" rows=0 error=the database refused a statement: refused [1064, SQLSTATE HY000]"#
            .to_owned(),
        format!(r#"backend="fake" transaction={number} sql="BEGIN" affected=0 rows=0"#),
        format!(r#"backend="fake" transaction={number} sql="COMMIT" affected=0 rows=0"#),
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn values_are_shown_only_when_asked_for() {
    let listener = Listener::default();
    let _guard = tracing::subscriber::set_default(listener.clone());
    let server = Arc::new(Server::default());
    for (shown, text) in [(false, ""), (true, r#" values="[Text(\"s3cret\")]""#)] {
        let db = connect(&server, options().log_values(shown)).await;
        let call = Call { table: None, statement: CallStatement::Dynamic("select ?") };
        db.handle().run(call, vec![Value::Text("s3cret".into())], &mut NoRows).await.unwrap();
        let events = std::mem::take(&mut *listener.0.lock().unwrap());
        assert_eq!(events, [format!(r#"backend="fake" sql="select ?"{text} affected=1 rows=0"#)]);
    }
}
