//! What an error says of the statement, the model and the rule.

use super::place::{balances, bank, embedded, places, run, servers, transfer};
use crate::db::Db;
use crate::error::Error;

#[tokio::test]
async fn a_broken_rule_names_model_and_columns() {
    for place in places().await {
        let db = place.db().await;
        bank(&db).await;
        for (sql, column) in [
            ("INSERT INTO accounts VALUES (1, 100, 7)", "id"),
            ("INSERT INTO accounts VALUES (7, 100, 1)", "code"),
        ] {
            match run(&db, sql).await.unwrap_err() {
                Error::UniqueViolation(violation) => {
                    assert_eq!(violation.model, Some("Account"), "{}", place.url);
                    assert_eq!(violation.table.as_deref(), Some("accounts"), "{}", place.url);
                    assert_eq!(violation.columns, [column], "{}: {violation:?}", place.url);
                }
                other => panic!("{}: {other:?}", place.url),
            }
        }
        match run(&db, "INSERT INTO accounts VALUES (7, NULL, 7)").await.unwrap_err() {
            Error::NotNullViolation(violation) => {
                assert_eq!(
                    (violation.model, violation.columns),
                    (Some("Account"), vec!["balance".to_owned()])
                );
            }
            other => panic!("{}: {other:?}", place.url),
        }
        match run(&db, "SELECT nonsense FROM nowhere").await.unwrap_err() {
            Error::Database(error) => assert_eq!(error.sql, "SELECT nonsense FROM nowhere"),
            other => panic!("{}: {other:?}", place.url),
        }
        // Neither ends a transaction.
        let tx = db.begin().await.unwrap();
        run(&tx, "INSERT INTO accounts VALUES (1, 100, 7)").await.unwrap_err();
        run(&tx, "SELECT nonsense FROM nowhere").await.unwrap_err();
        transfer(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(balances(&db).await, ["90", "110"], "{}", place.url);
        db.close().await.unwrap();
        place.end().await;
    }
}

/// A table whose rows refer to accounts.
const CARDS: &str = "CREATE TABLE cards (id BIGINT NOT NULL, account BIGINT NOT NULL, CONSTRAINT cards_account_fkey \
     FOREIGN KEY (account) REFERENCES accounts (id))";

#[tokio::test]
async fn a_foreign_key_of_another_table_is_not_claimed() {
    let delete = "DELETE FROM accounts WHERE id = 1";
    for place in places().await {
        let db = place.db().await;
        bank(&db).await;
        run(&db, CARDS).await.unwrap();
        run(&db, "INSERT INTO cards VALUES (1, 1)").await.unwrap();
        match run(&db, delete).await.unwrap_err() {
            Error::ForeignKeyViolation(violation) => {
                assert_eq!(violation.model, None, "{}", place.url);
                // SQLite names nothing.
                let named = place.server.as_ref().map(|_| "cards");
                assert_eq!(violation.table.as_deref(), named, "{}", place.url);
            }
            other => panic!("{}: {other:?}", place.url),
        }
        db.close().await.unwrap();
        place.end().await;
    }
}

#[tokio::test]
async fn a_wrong_password_shows_when_connecting() {
    for place in servers().await {
        let mut url = url::Url::parse(&place.url).unwrap();
        url.set_username("nobody").unwrap();
        url.set_password(Some("s3cret")).unwrap();
        let error = Db::connect(&url).await.unwrap_err();
        assert!(matches!(&error, Error::AccessDenied { user } if &**user == "nobody"), "{error:?}");
        assert!(!format!("{error:?}").contains("s3cret"));
        place.end().await;
    }
}

#[tokio::test]
async fn a_refused_commit_is_rolled_back() {
    for place in embedded().await {
        let db = place.options().max_connections(1).connect().await.unwrap();
        bank(&db).await;
        run(&db, &CARDS.replace("accounts (id)", "accounts (id) DEFERRABLE INITIALLY DEFERRED"))
            .await
            .unwrap();
        let connection = place.connection(&db).await;
        let refused = db
            .transaction(async |tx| {
                transfer(tx).await?;
                run(tx, "INSERT INTO cards VALUES (1, 77)").await
            })
            .await;
        assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))), "{refused:?}");
        assert_eq!(balances(&db).await, ["100", "100"]);
        assert_eq!(place.connection(&db).await, connection);
        db.transaction(transfer).await.unwrap();
        db.close().await.unwrap();
        place.end().await;
    }
}
