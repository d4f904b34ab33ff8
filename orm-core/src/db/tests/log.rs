//! What the log says of a statement.

use super::journal::Journal;
use super::place::{ask, places};
use crate::db::{Call, CallStatement, Executor as _};
use crate::driver::NoRows;
use crate::value::Value;

#[tokio::test]
async fn each_statement_is_one_event() {
    for place in places().await {
        let db = place.db().await;
        let name = db.dialect_name();
        let journal = Journal::start();
        ask(&db, "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3").await.unwrap();
        let error = ask(&db, "SELEKT").await.unwrap_err();
        let tx = db.begin().await.unwrap();
        let number = tx.number();
        tx.commit().await.unwrap();
        let mut events = journal.events();
        let refused = events.remove(1);
        let start =
            format!(r#"backend="{name}" sql="SELEKT" rows=0 error=the database refused a statement: "#);
        assert!(
            refused.starts_with(&start) && error.to_string().contains(&refused[start.len()..]),
            "{refused}"
        );
        let expected = [
            format!(
                r#"backend="{name}" sql="SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3" affected=0 rows=3"#
            ),
            format!(r#"backend="{name}" transaction={number} sql="BEGIN" affected=0 rows=0"#),
            format!(r#"backend="{name}" transaction={number} sql="COMMIT" affected=0 rows=0"#),
        ];
        assert_eq!(events, expected);
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn values_are_shown_only_when_asked_for() {
    for place in places().await {
        for (shown, text) in [(false, ""), (true, r#" values="[Text(\"s3cret\")]""#)] {
            let db = place.options().log_values(shown).connect().await.unwrap();
            let name = db.dialect_name();
            let journal = Journal::start();
            let call = Call {
                table: None,
                statement: CallStatement::Dynamic("SELECT ?"),
                params: &[Value::Text("s3cret".into())],
            };
            db.handle().run(&call, &mut NoRows).await.unwrap();
            let expected = format!(r#"backend="{name}" sql="SELECT ?"{text} affected=0 rows=1"#);
            assert_eq!(journal.events(), [expected]);
            db.close().await.unwrap();
        }
        place.end().await;
    }
}
