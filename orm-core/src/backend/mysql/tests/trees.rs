//! Statements over several tables, as text and run.

use super::{Connection, Server, bytes, on_servers, rows, run, string, text};
use crate::backend::mysql::MysqlConnector;
use crate::backend::mysql::dialect::{MARIADB, MYSQL};
use crate::driver::Connector as _;
use crate::error::Error;
use crate::sql::select::{NewValue, delete, update};
use crate::sql::tests::{
    PAIRS, STAFF, USERS, cases, compare, few, few_among, few_of, filtered, related, setup,
};
use crate::sql::{Dialect, Test, given};
use crate::value::Value;

async fn filled(server: &Server) -> (Box<dyn Connection>, &'static dyn Dialect) {
    let dialect = MysqlConnector::open(&server.url, &[]).await.unwrap().dialect();
    let mut connection = server.connect().await;
    for sql in setup(dialect) {
        text(&mut connection, &sql).await.unwrap();
    }
    (connection, dialect)
}

#[tokio::test]
async fn statements_over_several_tables_give_the_right_rows() {
    on_servers("trees", async |server| {
        let (mut connection, dialect) = filled(server).await;
        for mut case in cases(dialect) {
            let statement = std::mem::replace(&mut case.statement, Err(Error::custom("taken"))).unwrap();
            let found = rows(&mut connection, &statement.sql, statement.params).await;
            compare(&case, &statement.sql, found);
        }
        connection.close().await;
    })
    .await;
}

#[tokio::test]
async fn rows_are_changed_by_conditions_on_others_of_the_same_table() {
    on_servers("trees_changed", async |server| {
        let (mut connection, dialect) = filled(server).await;
        let bosses = || filtered(vec![related(STAFF, Test::Any, vec![])]);
        let values = vec![(1, NewValue::Is(string("Boss")))];
        let statement = update(dialect, &USERS, values, bosses()).unwrap();
        let done = run(&mut connection, &statement.sql, statement.params).await.unwrap();
        assert_eq!(done.affected, 2, "{}", statement.sql);
        let statement = delete(dialect, &USERS, bosses()).unwrap();
        run(&mut connection, &statement.sql, statement.params).await.unwrap();
        let left = rows(&mut connection, "SELECT name FROM users ORDER BY id", vec![]).await;
        assert_eq!(left, [[bytes(b"Cid")], [bytes(b"Dot")]]);
        connection.close().await;
    })
    .await;
}

#[test]
fn the_texts() {
    let lateral = few(&MYSQL, Some(2), Some(1));
    assert_eq!(
        lateral.sql,
        "SELECT `t2`.`c1`, `t2`.`c2` FROM `users` AS `t1` JOIN LATERAL (\
         SELECT `tasks`.`title` AS `c1`, `tasks`.`user_id` AS `c2`, `tasks`.`done` AS `c3`, `tasks`.`id` AS `c4` \
         FROM `tasks` WHERE `tasks`.`user_id` = `t1`.`id` ORDER BY `tasks`.`done` DESC, `tasks`.`id` LIMIT ? OFFSET ?\
         ) AS `t2` ON TRUE WHERE `t1`.`id` IN (?, ?) ORDER BY `t2`.`c3` DESC, `t2`.`c4`"
    );
    assert_eq!(lateral.params, [2, 1, 1, 2].map(Value::Int));
    let union = few(&MARIADB, Some(2), Some(1));
    let branch = "(SELECT `tasks`.`title` AS `c1`, `tasks`.`user_id` AS `c2`, `tasks`.`done` AS `c3`, `tasks`.`id` AS `c4` \
                  FROM `tasks` WHERE `tasks`.`user_id` IN (?) ORDER BY `tasks`.`done` DESC, `tasks`.`id` LIMIT ? OFFSET ?)";
    assert_eq!(
        union.sql,
        format!(
            "SELECT `t1`.`c1`, `t1`.`c2` FROM ({branch} UNION ALL {branch}) AS `t1` ORDER BY `t1`.`c3` DESC, `t1`.`c4`"
        )
    );
    assert_eq!(union.params, [1, 2, 1, 2, 2, 1].map(Value::Int));
    let long = few_among(&MARIADB, 40_000);
    assert!(long.sql.contains("ROW_NUMBER()") && !long.sql.contains("UNION"), "the values are sent once");
    let related = || filtered(vec![related(STAFF, Test::Any, vec![])]);
    let exists = "EXISTS (SELECT 1 FROM `users` AS `t1` WHERE `t1`.`boss_id` = `users`.`id`)";
    assert_eq!(
        delete(&MARIADB, &USERS, related()).unwrap().sql,
        format!(
            "DELETE FROM `users` WHERE `id` IN (SELECT `id` FROM (SELECT `users`.`id` FROM `users` WHERE {exists}) `page`)"
        )
    );
}

#[test]
fn the_texts_of_given_rows() {
    let key = "CAST(? AS SIGNED), CAST(? AS SIGNED)";
    assert_eq!(
        given::update(&MYSQL, &PAIRS, &[0, 1, 2], None, 2),
        format!(
            "UPDATE (SELECT `task_id`, `tag_id`, `weight` FROM `task_tags` WHERE FALSE UNION ALL \
             VALUES ROW({key}, CAST(? AS SIGNED)), ROW({key}, CAST(? AS SIGNED))) AS `t1` \
             STRAIGHT_JOIN `task_tags` ON `task_tags`.`task_id` = `t1`.`task_id` AND `task_tags`.`tag_id` = `t1`.`tag_id` \
             SET `task_tags`.`weight` = `t1`.`weight`"
        )
    );
    let text = "CAST(? AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_nopad_bin";
    assert_eq!(
        given::update(&MARIADB, &USERS, &[0, 1], Some(3), 2),
        format!(
            "UPDATE (SELECT CAST(? AS SIGNED) AS `id`, {text} AS `name` UNION ALL SELECT CAST(? AS SIGNED), {text}) AS `t1` \
             STRAIGHT_JOIN `users` ON `users`.`id` = `t1`.`id` SET `users`.`name` = `t1`.`name`, `users`.`team_id` = ?"
        )
    );
}

#[tokio::test]
async fn a_plain_list_of_parents_is_read_in_the_order_of_the_index() {
    on_servers("trees_plan", async |server| {
        let (mut connection, dialect) = filled(server).await;
        let digits = "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 \
                      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
        let tasks = format!(
            "INSERT INTO tasks SELECT 100 + n, 5 + n % 10000, n, NULL FROM (SELECT \
             a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d AS n \
             FROM {digits} a, {digits} b, {digits} c, {digits} d, {digits} e) x WHERE n < 30000"
        );
        text(&mut connection, &tasks).await.unwrap();
        rows(&mut connection, "ANALYZE TABLE tasks", vec![]).await;
        let users = (0..1_000).map(|n| Value::Int(5 + n)).collect();
        let statement = few_of(dialect, users, None, None, false);
        text(&mut connection, "FLUSH STATUS").await.unwrap();
        assert_eq!(rows(&mut connection, &statement.sql, statement.params).await.len(), 3_000);
        let cost = "SHOW SESSION STATUS WHERE Variable_name IN ('Sort_rows', 'Handler_read_rnd_next')";
        let cost = rows(&mut connection, cost, vec![]).await;
        let expected = [[b"Handler_read_rnd_next".as_slice(), b"0"], [b"Sort_rows", b"0"]];
        assert_eq!(cost, expected.map(|row| row.map(bytes)), "neither the whole table nor a sort");
        connection.close().await;
    })
    .await;
}
