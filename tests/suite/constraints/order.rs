//! Tables are created in an order in which they can be, rings of them too, and a second time changes nothing.

use std::time::Duration;

use orm_core::prelude::*;
use orm_core::schema::Table;
use tests::{Fixture, Outcome};

use super::{CAPTAINS, ONES, SHIPS, TASKS, THREES, TWOS, USERS, definitions, indexes, keys, run, tables};
use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    any_order_of_the_list_will_do,
    constraints_are_named_and_say_both_actions,
    two_that_refer_to_each_other,
    three_in_a_ring,
    what_an_earlier_sync_left_open_is_added,
    several_programs_at_once,
    a_ring_that_does_not_hold_is_an_error,
    a_target_that_is_not_there_is_named,
    a_constraint_makes_no_index_of_its_own,
];

async fn any_order_of_the_list_will_do(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&TASKS, &USERS, &TASKS]).await?;
    check_eq!(keys(fixture, "tasks").await?, ["user_id -> users.id, SET NULL, CASCADE"]);
    let before = definitions(fixture, &[&TASKS, &USERS]).await?;
    for list in [[&TASKS, &USERS], [&USERS, &TASKS]] {
        let listener = Listener::start();
        db.sync(&list).await?;
        // The rest are questions.
        let told: Vec<String> = listener.sql().into_iter().filter(|sql| !sql.starts_with("SELECT")).collect();
        check_eq!(told.len(), 2);
        check!(told[0].starts_with(r#"CREATE TABLE IF NOT EXISTS "users" ("#));
        check!(told[1].starts_with(r#"CREATE TABLE IF NOT EXISTS "tasks" ("#));
        check_eq!(definitions(fixture, &[&TASKS, &USERS]).await?, before);
    }
    // Alone, where what it refers to is there.
    db.sync(&[&TASKS]).await?;
    check_eq!(definitions(fixture, &[&TASKS, &USERS]).await?, before);
    Ok(())
}

async fn constraints_are_named_and_say_both_actions(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let listener = Listener::start();
    db.sync(&[&USERS, &TASKS]).await?;
    let create = listener.sql().into_iter().find(|sql| sql.contains(r#"EXISTS "tasks""#)).unwrap_or_default();
    let constraint = r#", CONSTRAINT "tasks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE)"#;
    check!(create.contains(constraint), "{create}");
    db.sync(&[&ONES, &TWOS, &THREES]).await?;
    // RESTRICT cannot be deferred on SQLite, and NO ACTION refuses the same.
    let refused = if fixture.is_sqlite() { "NO ACTION, NO ACTION" } else { "RESTRICT, RESTRICT" };
    check_eq!(
        keys(fixture, "ones").await?,
        [
            "one_id -> ones.id, NO ACTION, NO ACTION".to_owned(),
            "two_id -> twos.id, CASCADE, CASCADE".to_owned(),
            format!("user_id -> users.id, {refused}"),
        ]
    );
    Ok(())
}

/// What cannot stand inside CREATE TABLE on the servers.
fn added(listener: &Listener) -> Vec<String> {
    listener.sql().into_iter().filter(|sql| sql.starts_with("ALTER")).collect()
}

async fn two_that_refer_to_each_other(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let listener = Listener::start();
    db.sync(&[&CAPTAINS, &SHIPS]).await?;
    let added = added(&listener);
    if fixture.is_sqlite() {
        // A table may refer to one that is not there yet, and ALTER TABLE adds no constraint.
        check_eq!(added, Vec::<String>::new());
    } else {
        check_eq!(
            added,
            [
                r#"ALTER TABLE "captains" ADD CONSTRAINT "captains_ship_id_fkey" FOREIGN KEY ("ship_id") REFERENCES "ships" ("id") ON DELETE SET NULL ON UPDATE CASCADE"#
            ]
        );
    }
    drop(listener);
    check_eq!(keys(fixture, "captains").await?, ["ship_id -> ships.id, SET NULL, CASCADE"]);
    check_eq!(keys(fixture, "ships").await?, ["captain_id -> captains.id, NO ACTION, CASCADE"]);
    unchanged_by_sync(fixture, &[[&CAPTAINS, &SHIPS], [&SHIPS, &CAPTAINS]]).await?;
    run(
        db,
        &[
            "INSERT INTO captains (id) VALUES (1)",
            "INSERT INTO ships (id, captain_id) VALUES (1, 1)",
            "UPDATE captains SET ship_id = 1",
        ],
    )
    .await?;
    check_matches!(
        db.execute("UPDATE captains SET ship_id = 2", ()).await,
        Err(Error::ForeignKeyViolation(_))
    );
    check_matches!(
        db.execute("UPDATE ships SET captain_id = 2", ()).await,
        Err(Error::ForeignKeyViolation(_))
    );
    unchanged_by_sync(fixture, &[[&CAPTAINS, &SHIPS]]).await?;
    check_eq!(db.query_as::<u64>("SELECT ship_id FROM captains", ()).await?, [1]);
    Ok(())
}

/// Syncs each of the lists and looks that nothing but CREATE TABLE IF NOT EXISTS was told, to no effect.
async fn unchanged_by_sync<const N: usize>(fixture: &Fixture, lists: &[[&'static Table; N]]) -> Outcome {
    for list in lists {
        let before = definitions(fixture, list).await?;
        let listener = Listener::start();
        fixture.db.sync(list).await?;
        for sql in listener.sql() {
            check!(sql.starts_with("SELECT") || sql.starts_with("CREATE TABLE IF NOT EXISTS"), "{sql}");
        }
        drop(listener);
        check_eq!(definitions(fixture, list).await?, before);
    }
    Ok(())
}

async fn three_in_a_ring(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&THREES, &ONES, &USERS, &TWOS]).await?;
    check_eq!(tables(fixture).await?, ["ones", "threes", "twos", "users"]);
    check_eq!(keys(fixture, "ones").await?.len(), 3);
    check_eq!(keys(fixture, "twos").await?.len(), 1);
    check_eq!(keys(fixture, "threes").await?, ["one_id -> ones.id, NO ACTION, CASCADE"]);
    let lists =
        [[&ONES, &TWOS, &THREES, &USERS], [&USERS, &TWOS, &ONES, &THREES], [&THREES, &TWOS, &ONES, &USERS]];
    unchanged_by_sync(fixture, &lists).await?;
    run(
        db,
        &[
            "INSERT INTO ones (id, one_id) VALUES (1, 1)",
            "INSERT INTO threes (id, one_id) VALUES (1, 1)",
            "INSERT INTO twos (id, three_id) VALUES (1, 1)",
            "UPDATE ones SET two_id = 1",
        ],
    )
    .await?;
    for sql in [
        "UPDATE ones SET two_id = 2",
        "UPDATE twos SET three_id = 2",
        "UPDATE threes SET one_id = 2",
        "UPDATE ones SET one_id = 2",
        "UPDATE ones SET user_id = 2",
    ] {
        check_matches!(db.execute(sql, ()).await, Err(Error::ForeignKeyViolation(_)));
    }
    Ok(())
}

async fn what_an_earlier_sync_left_open_is_added(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // All foreign keys stand inside CREATE TABLE there: nothing can be left open.
        return Ok(());
    }
    let db = &fixture.db;
    db.sync(&[&CAPTAINS, &SHIPS]).await?;
    let whole = definitions(fixture, &[&CAPTAINS, &SHIPS]).await?;
    // As it is after the tables were created and before the ring was closed, from whichever side.
    for open in [
        "ALTER TABLE captains DROP FOREIGN KEY captains_ship_id_fkey",
        "ALTER TABLE ships DROP FOREIGN KEY ships_captain_id_fkey",
    ] {
        for list in [[&CAPTAINS, &SHIPS], [&SHIPS, &CAPTAINS]] {
            db.execute(open, ()).await?;
            check!(definitions(fixture, &[&CAPTAINS, &SHIPS]).await? != whole);
            db.sync(&list).await?;
            check_eq!(definitions(fixture, &[&CAPTAINS, &SHIPS]).await?, whole);
        }
    }
    // As it is after the first table only.
    run(db, &["ALTER TABLE captains DROP FOREIGN KEY captains_ship_id_fkey", "DROP TABLE ships"]).await?;
    db.sync(&[&CAPTAINS, &SHIPS]).await?;
    check_eq!(definitions(fixture, &[&CAPTAINS, &SHIPS]).await?, whole);
    // What is no part of a ring belongs to a table that exists, which is not altered.
    db.sync(&[&USERS, &TASKS]).await?;
    db.execute("ALTER TABLE tasks DROP FOREIGN KEY tasks_user_id_fkey", ()).await?;
    db.sync(&[&USERS, &TASKS]).await?;
    check_eq!(keys(fixture, "tasks").await?, Vec::<String>::new());
    Ok(())
}

async fn several_programs_at_once(fixture: &Fixture) -> Outcome {
    let all = [&ONES, &TWOS, &THREES, &USERS, &TASKS, &SHIPS, &CAPTAINS];
    let mut programs = Vec::new();
    for n in 0..6 {
        // They wait for each other's locks, which takes its time on a busy machine.
        let db = fixture.options().statement_timeout(Duration::from_secs(60)).connect().await?;
        let mut list = all;
        list.rotate_left(n);
        programs.push(tokio::spawn(async move {
            let outcome = db.sync(&list).await;
            db.close().await?;
            outcome
        }));
    }
    for program in programs {
        program.await??;
    }
    check_eq!(keys(fixture, "ones").await?.len(), 3);
    for table in ["twos", "threes", "tasks", "ships", "captains"] {
        check_eq!(keys(fixture, table).await?.len(), 1);
    }
    Ok(())
}

async fn a_ring_that_does_not_hold_is_an_error(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // There the constraint is made with the table, before any row.
        return Ok(());
    }
    let db = &fixture.db;
    db.sync(&[&CAPTAINS, &SHIPS]).await?;
    run(
        db,
        &[
            "ALTER TABLE captains DROP FOREIGN KEY captains_ship_id_fkey",
            "INSERT INTO captains (id, ship_id) VALUES (1, 7)",
        ],
    )
    .await?;
    check_matches!(db.sync(&[&CAPTAINS, &SHIPS]).await, Err(Error::ForeignKeyViolation(_)));
    check_eq!(db.query_as::<u64>("SELECT ship_id FROM captains", ()).await?, [7]);
    Ok(())
}

async fn a_target_that_is_not_there_is_named(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let error = db.sync(&[&TASKS]).await;
    check_matches!(&error, Err(Error::TableMissing { table: "tasks", missing }) if **missing == ["users"]);
    let message = error.map_or_else(|error| error.to_string(), |()| String::new());
    check_eq!(
        message,
        r#"table "tasks" refers to ["users"], and no such table exists: sync it in the same call, or before"#
    );
    let error = db.sync(&[&USERS, &ONES, &TWOS]).await;
    check_matches!(&error, Err(Error::TableMissing { table: "twos", missing }) if **missing == ["threes"]);
    check_matches!(db.sync_force(&[&SHIPS]).await, Err(Error::TableMissing { table: "ships", .. }));
    check_eq!(tables(fixture).await?, Vec::<String>::new());
    db.sync(&[&USERS]).await?;
    db.sync(&[&TASKS]).await?;
    check_eq!(tables(fixture).await?, ["tasks", "users"]);
    Ok(())
}

async fn a_constraint_makes_no_index_of_its_own(fixture: &Fixture) -> Outcome {
    fixture.db.sync(&[&ONES, &TWOS, &THREES, &USERS, &TASKS, &SHIPS, &CAPTAINS]).await?;
    check_eq!(indexes(fixture, "tasks").await?, ["tasks_user_id_idx"]);
    // Added behind the table.
    check_eq!(indexes(fixture, "captains").await?, ["captains_ship_id_idx"]);
    check_eq!(indexes(fixture, "ships").await?, ["ships_captain_id_idx"]);
    check_eq!(indexes(fixture, "ones").await?, ["ones_one_id_idx", "ones_two_id_idx", "ones_user_id_idx"]);
    Ok(())
}
