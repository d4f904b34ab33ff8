//! Statements over several tables, as text and run.

use super::*;
use crate::driver::NoRows;
use crate::sql::select::{NewValue, delete, update};
use crate::sql::tests::{
    PAIRS, STAFF, USERS, cases, compare, few, few_of, filtered, lines_of, related, setup,
};
use crate::sql::{Test, given};

use super::super::dialect::SqliteDialect;

async fn filled() -> Box<dyn Connection> {
    let mut connection = memory().await;
    for sql in setup(&SqliteDialect) {
        run(&mut *connection, &sql).await.unwrap();
    }
    connection
}

#[tokio::test]
async fn statements_over_several_tables_give_the_right_rows() {
    let mut connection = filled().await;
    for mut case in cases(&SqliteDialect) {
        let statement = std::mem::replace(&mut case.statement, Err(Error::custom("taken"))).unwrap();
        let found = rows(&mut *connection, &statement.sql, statement.params).await;
        compare(&case, &statement.sql, found);
    }
}

#[tokio::test]
async fn rows_are_changed_by_conditions_on_others_of_the_same_table() {
    let mut connection = filled().await;
    let bosses = || filtered(vec![related(STAFF, Test::Any, vec![])]);
    let values = vec![(1, NewValue::Is(text("Boss")))];
    let statement = update(&SqliteDialect, &USERS, values, bosses()).unwrap();
    let done =
        connection.query(Statement::Dynamic(&statement.sql), &statement.params, &mut NoRows).await.unwrap();
    assert_eq!(done.affected, 2, "{}", statement.sql);
    let statement = delete(&SqliteDialect, &USERS, bosses()).unwrap();
    connection.query(Statement::Dynamic(&statement.sql), &statement.params, &mut NoRows).await.unwrap();
    let left = rows(&mut *connection, "SELECT name FROM users ORDER BY id", vec![]).await;
    assert_eq!(left, [[text("Cid")], [text("Dot")]]);
}

#[test]
fn the_texts() {
    let few = few(&SqliteDialect, Some(2), Some(1));
    assert_eq!(
        few.sql,
        r#"SELECT "t1"."c1", "t1"."c2" FROM (SELECT "tasks"."title" AS "c1", "tasks"."user_id" AS "c2", ROW_NUMBER() OVER (PARTITION BY "tasks"."user_id" ORDER BY "tasks"."done" DESC, "tasks"."id") AS "n" FROM "tasks" WHERE "tasks"."user_id" IN (?, ?)) AS "t1" WHERE "t1"."n" > ? AND "t1"."n" <= ? ORDER BY "t1"."n""#
    );
    assert_eq!(few.params, [Value::Int(1), Value::Int(2), Value::Int(1), Value::Int(3)]);
    let plain = few_of(&SqliteDialect, vec![Value::Int(1), Value::Int(2), Value::Null], None, None, false);
    assert_eq!(
        plain.sql,
        r#"SELECT "title", "user_id" FROM "tasks" WHERE "user_id" IN (?, ?) ORDER BY "user_id", "id""#
    );
    assert_eq!(plain.params, [Value::Int(1), Value::Int(2)], "a NULL is no key");
}

#[tokio::test]
async fn given_rows_are_looked_up_in_the_table() {
    let mut connection = filled().await;
    let sql = given::update(&SqliteDialect, &PAIRS, &[0, 1, 2], None, 2);
    assert_eq!(
        sql,
        r#"WITH "t1" ("task_id", "tag_id", "weight") AS (VALUES (?, ?, ?), (?, ?, ?)) UPDATE "task_tags" SET "weight" = "t1"."weight" FROM "t1" WHERE "task_tags"."task_id" = +"t1"."task_id" AND "task_tags"."tag_id" = +"t1"."tag_id""#
    );
    let values = (0..6).map(Value::Int).collect();
    let plan = rows(&mut *connection, &format!("EXPLAIN QUERY PLAN {sql}"), values).await;
    let plan: Vec<_> = plan.into_iter().map(|row| format!("{:?}", row[3])).collect();
    assert!(plan.iter().any(|step| step.contains("SEARCH task_tags USING")), "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("SCAN task_tags")), "{plan:?}");
}

#[tokio::test]
async fn lists_of_rows_are_looked_up_in_an_index() {
    let mut connection = filled().await;
    let statement = lines_of(&SqliteDialect, 1_000);
    let plan =
        rows(&mut *connection, &format!("EXPLAIN QUERY PLAN {}", statement.sql), statement.params).await;
    let plan: Vec<_> = plan.into_iter().map(|row| format!("{:?}", row[3])).collect();
    assert!(plan.iter().any(|step| step.contains("SEARCH T1 USING INDEX lines_order_idx")), "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("SCAN")), "{plan:?}");
}
