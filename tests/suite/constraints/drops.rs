//! Tables that refer to each other go together or not at all.

use orm_core::prelude::*;
use orm_core::schema::{ColumnDef, Index, Table};
use tests::{Fixture, Outcome};

use super::{CAPTAINS, ONES, SHIPS, TASKS, THREES, TWOS, USERS, definitions, id, keys, link, run, tables};
use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    children_go_first,
    two_that_refer_to_each_other_go,
    a_ring_with_rows_goes,
    what_is_outside_of_the_list_keeps_them,
    nothing_is_emptied_by_a_cascade,
    what_cannot_be_made_anew_is_not_dropped,
    a_failure_half_way_changes_nothing,
    checks_are_on_afterwards,
];

/// What was told the database about whole tables, besides creating them.
fn told(listener: &Listener) -> Vec<String> {
    listener.sql().into_iter().filter(|sql| sql.starts_with("ALTER") || sql.starts_with("DROP")).collect()
}

async fn count(db: &Db, sql: &'static str) -> Result<u64, Error> {
    Ok(db.query_as::<u64>(sql, ()).await?.iter().sum())
}

const TWO: [&str; 3] = [
    "INSERT INTO captains (id) VALUES (1), (2)",
    "INSERT INTO ships (id, captain_id) VALUES (1, 1), (2, 2)",
    "UPDATE captains SET ship_id = id",
];

const RING: [&str; 5] = [
    "INSERT INTO users (id) VALUES (1)",
    "INSERT INTO ones (id, one_id, user_id) VALUES (1, 1, 1), (2, 1, 1)",
    "INSERT INTO threes (id, one_id) VALUES (1, 1), (2, 2)",
    "INSERT INTO twos (id, three_id) VALUES (1, 1), (2, 2)",
    "UPDATE ones SET two_id = id",
];

async fn children_go_first(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    for list in [[&USERS, &TASKS], [&TASKS, &USERS]] {
        db.sync(&list).await?;
        let before = definitions(fixture, &list).await?;
        run(db, &["INSERT INTO users (id) VALUES (1)", "INSERT INTO tasks (user_id) VALUES (1)"]).await?;
        let listener = Listener::start();
        db.sync_force(&list).await?;
        check_eq!(told(&listener), [r#"DROP TABLE IF EXISTS "tasks""#, r#"DROP TABLE IF EXISTS "users""#]);
        drop(listener);
        check_eq!(definitions(fixture, &list).await?, before);
        check_eq!(count(db, "SELECT COUNT(*) FROM users").await?, 0);
    }
    Ok(())
}

async fn two_that_refer_to_each_other_go(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    for list in [[&CAPTAINS, &SHIPS], [&SHIPS, &CAPTAINS]] {
        db.sync_force(&list).await?;
        let before = definitions(fixture, &list).await?;
        run(db, &TWO).await?;
        let listener = Listener::start();
        db.sync_force(&list).await?;
        // The one constraint that closes the ring, where such a thing cannot be put off until the end of a transaction.
        let altered = told(&listener).iter().filter(|sql| sql.contains("DROP FOREIGN KEY")).count();
        check_eq!(altered, usize::from(!fixture.is_sqlite()));
        drop(listener);
        check_eq!(definitions(fixture, &list).await?, before);
        check_eq!(count(db, "SELECT COUNT(*) FROM ships").await?, 0);
        check_eq!(count(db, "SELECT COUNT(*) FROM captains").await?, 0);
    }
    run(db, &TWO).await?;
    check_matches!(db.execute("DELETE FROM captains", ()).await, Err(Error::ForeignKeyViolation(_)));
    Ok(())
}

async fn a_ring_with_rows_goes(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let lists =
        [[&USERS, &ONES, &TWOS, &THREES], [&THREES, &TWOS, &ONES, &USERS], [&TWOS, &ONES, &USERS, &THREES]];
    for list in lists {
        db.sync_force(&list).await?;
        run(db, &RING).await?;
        // Its own rows do not keep it, and the rows of the ring do not keep each other.
        db.sync_force(&list).await?;
        check_eq!(count(db, "SELECT COUNT(*) FROM ones").await?, 0);
        check_eq!(keys(fixture, "ones").await?.len(), 3);
        check_eq!(keys(fixture, "twos").await?.len() + keys(fixture, "threes").await?.len(), 2);
    }
    // With a table of the list missing, as an earlier one that came to no end leaves them.
    run(db, &["INSERT INTO users (id) VALUES (1)", "INSERT INTO ones (user_id) VALUES (1)"]).await?;
    db.sync_force(&[&TASKS, &USERS, &ONES, &TWOS, &THREES]).await?;
    check_eq!(tables(fixture).await?, ["ones", "tasks", "threes", "twos", "users"]);
    Ok(())
}

async fn what_is_outside_of_the_list_keeps_them(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let all = [&USERS, &ONES, &TWOS, &THREES, &TASKS, &CAPTAINS, &SHIPS];
    db.sync(&all).await?;
    run(db, &RING).await?;
    run(db, &TWO).await?;
    let before = definitions(fixture, &all).await?;
    let refused = [
        (db.sync_force(&[&CAPTAINS]).await, "captains", "ships"),
        (db.sync_force(&[&TASKS, &SHIPS]).await, "ships", "captains"),
        (db.sync_force(&[&TASKS, &THREES, &TWOS]).await, "twos", "ones"),
        (db.sync_force(&[&ONES, &TWOS, &THREES, &TASKS, &USERS, &SHIPS]).await, "ships", "captains"),
        (db.drop_table(&TWOS).await, "twos", "ones"),
        (db.truncate(&THREES).await, "threes", "twos"),
        (db.drop_table(&CAPTAINS).await, "captains", "ships"),
        (db.truncate(&SHIPS).await, "ships", "captains"),
    ];
    for (outcome, wanted, referrer) in refused {
        check_matches!(
            &outcome,
            Err(Error::TableReferenced { table, referrers }) if &**table == wanted && **referrers == [referrer]
        );
    }
    let listener = Listener::start();
    check_matches!(
        &db.drop_table(&USERS).await,
        Err(Error::TableReferenced { referrers, .. }) if **referrers == ["ones", "tasks"]
    );
    check_eq!(told(&listener), Vec::<String>::new());
    drop(listener);
    check_eq!(definitions(fixture, &all).await?, before);
    check_eq!(count(db, "SELECT COUNT(*) FROM ones").await?, 2);
    check_eq!(count(db, "SELECT COUNT(ship_id) FROM captains").await?, 2);
    // Once nobody refers to it any more.
    db.drop_table(&TASKS).await?;
    db.sync_force(&[&ONES, &TWOS, &THREES]).await?;
    check_eq!(count(db, "SELECT COUNT(*) FROM users").await?, 1);
    Ok(())
}

async fn nothing_is_emptied_by_a_cascade(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&USERS, &ONES, &TWOS, &THREES]).await?;
    run(db, &RING).await?;
    // `ones` would be deleted with `twos`, ON DELETE CASCADE, and `ones` deletes nothing.
    for outcome in [db.drop_table(&TWOS).await, db.truncate(&TWOS).await, db.sync_force(&[&TWOS]).await] {
        check_matches!(&outcome, Err(Error::TableReferenced { table, referrers }) if &**table == "twos" && **referrers == ["ones"]);
    }
    for sql in ["SELECT COUNT(*) FROM ones", "SELECT COUNT(two_id) FROM ones", "SELECT COUNT(*) FROM twos"] {
        check_eq!(count(db, sql).await?, 2);
    }
    Ok(())
}

async fn what_cannot_be_made_anew_is_not_dropped(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&USERS, &TASKS]).await?;
    run(db, &["INSERT INTO users (id) VALUES (1)", "INSERT INTO tasks (user_id) VALUES (1)"]).await?;
    let listener = Listener::start();
    check_matches!(
        db.sync_force(&[&USERS, &TASKS, &SHIPS]).await,
        Err(Error::TableMissing { table: "ships", missing }) if *missing == ["captains"]
    );
    check!(listener.sql().iter().all(|sql| sql.starts_with("SELECT")));
    check_eq!(count(db, "SELECT COUNT(*) FROM tasks").await?, 1);
    Ok(())
}

/// Its index has the name of another, which a table of its own may have on the servers.
static CLASHES: Table = Table::new("Clash", "clashes", CLASH_COLUMNS, &[0])
    .with_indexes(const { &[Index::new("tasks_user_id_idx", &[1], false)] });
const CLASH_COLUMNS: &[ColumnDef] = &[id("clashes"), link("clashes", "user_id")];

async fn a_failure_half_way_changes_nothing(fixture: &Fixture) -> Outcome {
    if !fixture.is_sqlite() {
        // The servers end a transaction before they drop a table: what is gone is gone.
        return Ok(());
    }
    let db = &fixture.db;
    db.sync(&[&USERS, &TASKS]).await?;
    run(db, &["INSERT INTO users (id) VALUES (1)", "INSERT INTO tasks (user_id) VALUES (1)"]).await?;
    let before = definitions(fixture, &[&USERS, &TASKS]).await?;
    let listener = Listener::start();
    check_matches!(db.sync_force(&[&USERS, &TASKS, &CLASHES]).await, Err(Error::Database(_)));
    check!(told(&listener).contains(&r#"DROP TABLE IF EXISTS "tasks""#.to_owned()));
    drop(listener);
    check_eq!(tables(fixture).await?, ["tasks", "users"]);
    check_eq!(definitions(fixture, &[&USERS, &TASKS]).await?, before);
    check_eq!(count(db, "SELECT COUNT(*) FROM tasks").await?, 1);
    Ok(())
}

async fn checks_are_on_afterwards(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    db.sync(&[&CAPTAINS, &SHIPS, &USERS, &TASKS]).await?;
    run(db, &TWO).await?;
    db.sync_force(&[&CAPTAINS, &SHIPS]).await?;
    // Neither switched off nor put off on the connection that dropped them.
    let orphan =
        db.transaction(async |tx| tx.execute("INSERT INTO tasks (user_id) VALUES (9)", ()).await).await;
    check_matches!(orphan, Err(Error::ForeignKeyViolation(_)));
    check!(db.execute("INSERT INTO tasks (user_id) VALUES (9)", ()).await.is_err());
    db.close().await?;
    Ok(())
}
