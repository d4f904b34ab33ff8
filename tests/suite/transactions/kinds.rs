//! Transactions of every kind: isolation levels, for reading only, with a deadline, nested, with something to do afterwards.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm_core::db::{Isolation, TransactionOptions};
use orm_core::error::Operation;
use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Account, balances, two};
use crate::{cases, check, check_eq, check_matches};

cases![
    each_level_sees_what_it_should,
    a_level_is_for_one_transaction,
    one_that_only_reads_writes_nothing,
    one_that_only_reads_waits_for_nobody,
    a_deadline_ends_it,
    a_deadline_counts_for_its_statements,
    nested_ones_undo_their_own_part,
    names_of_savepoints_are_not_used_twice,
    what_is_to_follow_follows_the_commit_only,
    calls_on_the_db_inside_are_told_apart,
];

/// What a transaction of this level sees of a change that is committed between two of its statements.
async fn seen(fixture: &Fixture, level: Isolation) -> Outcome<[i64; 2]> {
    let db = &fixture.db;
    Account::find().filter(Account::ID.eq(1)).update(db, Account::BALANCE.set(1)).await?;
    let tx = db.begin_with(TransactionOptions::new().isolation(level).read_only()).await?;
    let first = balances(&tx).await?[0];
    Account::find().filter(Account::ID.eq(1)).update(db, Account::BALANCE.set(2)).await?;
    let second = balances(&tx).await?[0];
    tx.commit().await?;
    Ok([first, second])
}

async fn each_level_sees_what_it_should(fixture: &Fixture) -> Outcome {
    two(&fixture.db).await?;
    let committed = if fixture.is_sqlite() { 1 } else { 2 };
    // SQLite is always serializable.
    check_eq!(seen(fixture, Isolation::ReadUncommitted).await?, [1, committed]);
    check_eq!(seen(fixture, Isolation::ReadCommitted).await?, [1, committed]);
    check_eq!(seen(fixture, Isolation::RepeatableRead).await?, [1, 1]);
    if fixture.is_sqlite() {
        check_eq!(seen(fixture, Isolation::Serializable).await?, [1, 1]);
    } else {
        // There its reads lock, so that nobody changes what it saw.
        let options = TransactionOptions::new().isolation(Isolation::Serializable);
        let tx = fixture.db.begin_with(options).await?;
        balances(&tx).await?;
        let other = fixture.db.begin().await?;
        other.execute("SET innodb_lock_wait_timeout = 1", ()).await?;
        let change = Account::find().filter(Account::ID.eq(1)).update(&other, Account::BALANCE.set(3)).await;
        check_matches!(change, Err(Error::LockTimeout(_)));
        other.rollback().await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn a_level_is_for_one_transaction(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    two(db).await?;
    let options = TransactionOptions::new().isolation(Isolation::ReadUncommitted).read_only();
    db.transaction_with(options, async |tx| balances(tx).await).await?;
    // The next one on the same connection is as the database has it, and may write.
    db.transaction(async |tx| Account::build().owner("Cid").balance(1).save(tx).await).await?;
    let tx = db.begin().await?;
    check_eq!(balances(&tx).await?, [100, 0, 1]);
    Account::find().filter(Account::ID.eq(1)).update(&tx, Account::BALANCE.set(7)).await?;
    if !fixture.is_sqlite() {
        let other = &fixture.db;
        Account::find().filter(Account::ID.eq(2)).update(other, Account::BALANCE.set(8)).await?;
        check_eq!(balances(&tx).await?, [7, 0, 1]);
    }
    tx.rollback().await?;
    db.close().await?;
    Ok(())
}

async fn one_that_only_reads_writes_nothing(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    two(db).await?;
    let read_only = TransactionOptions::new().read_only();
    let tx = db.begin_with(read_only).await?;
    check_matches!(Account::build().owner("Cid").balance(1).save(&tx).await, Err(Error::ReadOnly(_)));
    check_matches!(Account::find().everything().destroy(&tx).await, Err(Error::ReadOnly(_)));
    check_matches!(Account::find().lock_for_update().all(&tx).await, Err(Error::Unsupported(_)));
    // It goes on, however often that was tried, and nested ones are no different.
    let nested =
        tx.transaction(async |inner| Account::build().owner("Cid").balance(1).save(inner).await).await;
    check_matches!(nested, Err(Error::ReadOnly(_)));
    check_eq!(balances(&tx).await?, [100, 0]);
    tx.commit().await?;
    let dropped = db.begin_with(read_only).await?;
    check_eq!(balances(&dropped).await?, [100, 0]);
    drop(dropped);
    // The connection is as good for writing as before.
    Account::build().owner("Cid").balance(1).save(db).await?;
    check_eq!(balances(db).await?, [100, 0, 1]);
    db.close().await?;
    Ok(())
}

async fn one_that_only_reads_waits_for_nobody(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let writing = db.begin().await?;
    Account::find().everything().update(&writing, Account::BALANCE.set(5)).await?;
    let options = TransactionOptions::new().read_only().deadline(Duration::from_secs(20));
    let seen = db.transaction_with(options, async |tx| balances(tx).await).await?;
    check_eq!(seen, [100, 0]);
    writing.commit().await?;
    check_eq!(balances(db).await?, [5, 5]);
    Ok(())
}

async fn a_deadline_ends_it(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    two(db).await?;
    let soon = TransactionOptions::new().deadline(Duration::from_millis(50));
    let outcome: Result<(), Error> = db
        .transaction_with(soon, async |tx| {
            Account::find().everything().update(tx, Account::BALANCE.set(5)).await?;
            std::future::pending::<()>().await;
            Ok(())
        })
        .await;
    check_matches!(outcome, Err(Error::Timeout { operation: Operation::Transaction, .. }));
    check_eq!(balances(db).await?, [100, 0]);
    // Of one that is opened by hand the next statement says so, and it cannot be committed.
    let tx = db.begin_with(soon).await?;
    Account::find().everything().update(&tx, Account::BALANCE.set(5)).await?;
    tokio::time::sleep(Duration::from_millis(60)).await;
    check_matches!(balances(&tx).await, Err(Error::Timeout { operation: Operation::Transaction, .. }));
    check_matches!(balances(&tx).await, Err(Error::TransactionEnded(_)));
    check_matches!(tx.commit().await, Err(Error::TransactionEnded(_)));
    check_eq!(balances(db).await?, [100, 0]);
    let tx = db.begin_with(soon).await?;
    Account::find().everything().update(&tx, Account::BALANCE.set(5)).await?;
    tokio::time::sleep(Duration::from_millis(60)).await;
    check_matches!(tx.commit().await, Err(Error::Timeout { operation: Operation::Transaction, .. }));
    check_eq!(balances(db).await?, [100, 0]);
    // The connection has no deadline left of it.
    tokio::time::sleep(Duration::from_millis(60)).await;
    db.transaction(async |tx| balances(tx).await).await?;
    db.close().await?;
    Ok(())
}

async fn a_deadline_counts_for_its_statements(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().statement_timeout(Duration::from_secs(60)).connect().await?;
    two(db).await?;
    let slow = if fixture.is_sqlite() {
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    } else {
        "SELECT SLEEP(60)"
    };
    let options = TransactionOptions::new().deadline(Duration::from_millis(300));
    let tx = db.begin_with(options).await?;
    Account::find().everything().update(&tx, Account::BALANCE.set(5)).await?;
    let outcome = tx.execute(slow, ()).await;
    check_matches!(outcome, Err(Error::Timeout { operation: Operation::Transaction, .. }));
    check_matches!(balances(&tx).await, Err(Error::TransactionEnded(_)));
    tx.rollback().await?;
    check_eq!(balances(db).await?, [100, 0]);
    db.close().await?;
    Ok(())
}

async fn nested_ones_undo_their_own_part(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tx = db.begin().await?;
    give(&tx, 1).await?;
    let kept = tx
        .transaction(async |inner| {
            give(inner, 10).await?;
            let undone: Result<(), Error> = inner
                .transaction(async |innermost| {
                    give(innermost, 100).await?;
                    innermost.transaction(async |deeper| give(deeper, 1_000).await).await?;
                    Err(Error::custom("no"))
                })
                .await;
            check_undone(undone)?;
            Ok(balances(inner).await?[0])
        })
        .await?;
    check_eq!(kept, 111);
    let undone: Result<(), Error> = tx
        .transaction(async |inner| {
            give(inner, 10_000).await?;
            inner.transaction(async |deeper| give(deeper, 100_000).await).await?;
            Err(Error::custom("no"))
        })
        .await;
    check!(undone.is_err());
    tx.commit().await?;
    check_eq!(balances(db).await?, [111, 0]);
    Ok(())
}

fn check_undone(outcome: Result<(), Error>) -> Result<(), Error> {
    match outcome {
        Err(Error::Custom(_)) => Ok(()),
        other => Err(Error::custom(format!("it was not undone: {other:?}"))),
    }
}

async fn names_of_savepoints_are_not_used_twice(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    // Sequelize gives the second and the third level one name, so that undoing the second keeps what it did before the third.
    let tx = db.begin().await?;
    let undone: Result<(), Error> = tx
        .transaction(async |second| {
            Account::build().owner("before").balance(1).save(second).await?;
            second
                .transaction(async |third| Account::build().owner("in").balance(1).save(third).await)
                .await?;
            Err(Error::custom("no"))
        })
        .await;
    check!(undone.is_err());
    tx.commit().await?;
    check_eq!(Account::find().count(db).await?, 2);
    Ok(())
}

async fn what_is_to_follow_follows_the_commit_only(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    two(db).await?;
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = |what: &'static str| {
        let (told, db) = (Arc::clone(&told), db.clone());
        async move {
            // The connection is free again, and what was done is there.
            let count = Account::find().count(&db).await.unwrap_or(0);
            told.lock().unwrap_or_else(|gone| gone.into_inner()).push((what, count));
        }
    };
    db.transaction(async |tx| {
        tx.after_commit(tell("first"));
        Account::build().owner("Cid").balance(1).save(tx).await?;
        tx.transaction(async |inner| {
            inner.after_commit(tell("of a part"));
            Ok(())
        })
        .await?;
        let undone: Result<(), Error> = tx
            .transaction(async |inner| {
                inner.after_commit(tell("of a part that was undone"));
                Err(Error::custom("no"))
            })
            .await;
        check_undone(undone)?;
        tx.after_commit(tell("last"));
        Ok(())
    })
    .await?;
    let outcome: Result<(), Error> = db
        .transaction(async |tx| {
            tx.after_commit(tell("of one that was undone"));
            Err(Error::custom("no"))
        })
        .await;
    check!(outcome.is_err());
    let tx = db.begin().await?;
    tx.after_commit(tell("of one that was dropped"));
    drop(tx);
    let tx = db.begin().await?;
    tx.after_commit(tell("by hand"));
    tx.commit().await?;
    let told = told.lock().unwrap_or_else(|gone| gone.into_inner()).clone();
    check_eq!(told, [("first", 3), ("of a part", 3), ("last", 3), ("by hand", 3)]);
    db.close().await?;
    Ok(())
}

async fn calls_on_the_db_inside_are_told_apart(fixture: &Fixture) -> Outcome {
    let two_connections = &fixture.options().max_connections(2).connect().await?;
    two(two_connections).await?;
    // One more connection is there for it.
    let count = two_connections.transaction(async |_| Account::find().count(two_connections).await).await?;
    check_eq!(count, 2);
    // Here none could ever be, and nobody waits for the deadline of 30 seconds.
    let inner = two_connections
        .transaction_with(TransactionOptions::new().read_only(), async |_| {
            two_connections
                .transaction_with(TransactionOptions::new().read_only(), async |_| {
                    Account::find().count(two_connections).await
                })
                .await
        })
        .await;
    check_matches!(inner, Err(Error::HeldByTransaction { size: 2 }));
    let one = &fixture.options().max_connections(1).connect().await?;
    let inside = one.transaction(async |_| Account::find().count(one).await).await;
    check_matches!(inside, Err(Error::HeldByTransaction { size: 1 }));
    check_eq!(Account::find().count(one).await?, 2);
    one.close().await?;
    two_connections.close().await?;
    Ok(())
}

/// Gives an amount to an account.
async fn give(tx: &Transaction, amount: i64) -> Result<u64, Error> {
    Account::find().filter(Account::ID.eq(1)).update(tx, Account::BALANCE.increment(amount)).await
}
