//! Row locks.

use std::time::Duration;

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Account, balances, two};
use crate::{cases, check, check_eq, check_matches};

cases![
    a_lock_holds_others_off,
    a_lock_can_be_shared,
    locked_rows_are_skipped,
    locked_rows_fail_at_once,
    nobody_loses_an_update,
    locks_need_a_transaction_and_rows,
    locked_queries_include_and_stream,
];

fn first() -> Query<Account> {
    Account::find().filter(Account::ID.eq(1))
}

/// Whether another transaction gets this lock while `tx` has its own. SQLite has one writer at a time, so nobody could ask there.
async fn others_get(fixture: &Fixture, query: Query<Account>) -> Result<bool, Error> {
    match fixture.db.transaction(async |tx| query.nowait().all(tx).await).await {
        Ok(_) => Ok(true),
        Err(Error::LockTimeout(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

async fn a_lock_holds_others_off(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tx = db.begin().await?;
    check_eq!(first().lock_for_update().one(&tx).await?.map(|account| account.balance), Some(100));
    // Whoever only reads is not held off.
    check_eq!(balances(db).await?, [100, 0]);
    let (started, begun) = tokio::sync::oneshot::channel();
    let other = async {
        let _ = started.send(());
        first().update(db, Account::BALANCE.increment(1)).await
    };
    let own = async {
        begun.await.map_err(Error::custom)?;
        tokio::time::sleep(Duration::from_millis(100)).await;
        first().update(&tx, Account::BALANCE.increment(10)).await?;
        check_alone(&tx).await?;
        tx.commit().await
    };
    let (other, own) = tokio::join!(other, own);
    own?;
    check_eq!(other?, 1);
    check_eq!(balances(db).await?, [111, 0]);
    Ok(())
}

/// That the change of the other has not come in between.
async fn check_alone(tx: &Transaction) -> Result<(), Error> {
    match balances(tx).await?.as_slice() {
        [110, 0] => Ok(()),
        other => Err(Error::custom(format!("somebody else wrote: {other:?}"))),
    }
}

async fn a_lock_can_be_shared(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tx = db.begin().await?;
    check_eq!(first().lock_for_share().all(&tx).await?.len(), 1);
    if !fixture.is_sqlite() {
        check!(others_get(fixture, first().lock_for_share()).await?);
        check!(!others_get(fixture, first().lock_for_update()).await?);
        check!(others_get(fixture, Account::find().filter(Account::ID.eq(2)).lock_for_update()).await?);
    }
    tx.commit().await?;
    check!(others_get(fixture, first().lock_for_update()).await?);
    Ok(())
}

async fn locked_rows_are_skipped(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let next = || Account::find().order_by(Account::ID).lock_for_update().skip_locked();
    let tx = db.begin().await?;
    check_eq!(next().one(&tx).await?.map(|account| account.id), Some(1));
    if !fixture.is_sqlite() {
        let other = db.begin().await?;
        check_eq!(next().one(&other).await?.map(|account| account.id), Some(2));
        let third = db.begin().await?;
        check_eq!(next().all(&third).await?, []);
        third.rollback().await?;
        other.rollback().await?;
    }
    // One's own locks are no hindrance.
    check_eq!(next().all(&tx).await?.len(), 2);
    tx.commit().await?;
    Ok(())
}

async fn locked_rows_fail_at_once(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tx = db.begin().await?;
    first().lock_for_update().nowait().all(&tx).await?;
    if !fixture.is_sqlite() {
        let other = db.begin().await?;
        check_matches!(first().nowait().all(&other).await, Err(Error::LockTimeout(_)));
        // It can go on.
        check_eq!(first().one(&other).await?.map(|account| account.balance), Some(100));
        other.commit().await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn nobody_loses_an_update(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    db.transaction(async |tx| {
                        let found = first().lock_for_update().one(tx).await?;
                        let mut account = found.ok_or(Error::RecordNotFound { table: "accounts" })?;
                        account.balance += 1;
                        account.save(tx).await
                    })
                    .await?;
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    check_eq!(balances(db).await?, [150, 0]);
    Ok(())
}

async fn locks_need_a_transaction_and_rows(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let unsupported = |outcome: Result<(), Error>| match outcome {
        Err(Error::Unsupported(why)) => Ok(why),
        other => Err(format!("{other:?}")),
    };
    let why = unsupported(first().lock_for_update().all(db).await.map(drop))?;
    check_eq!(&*why, "a row lock lasts as long as its transaction: pass `tx` instead of `&db`");
    unsupported(first().lock_for_share().one(db).await.map(drop))?;
    unsupported(first().nowait().stream(db).next().await.transpose().map(drop))?;
    let tx = db.begin().await?;
    let why = unsupported(first().lock_for_update().count(&tx).await.map(drop))?;
    check_eq!(&*why, "row locks are for queries that read rows: lock with `all`, `one` or `stream` first");
    unsupported(first().skip_locked().exists(&tx).await.map(drop))?;
    unsupported(first().lock_for_update().sum(&tx, Account::BALANCE).await.map(drop))?;
    unsupported(first().lock_for_update().update(&tx, Account::BALANCE.set(1)).await.map(drop))?;
    unsupported(first().lock_for_update().destroy(&tx).await.map(drop))?;
    tx.commit().await?;
    Ok(())
}

async fn locked_queries_include_and_stream(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    Payment::sync(db).await?;
    Payment::build().account_id(1).amount(5).save(db).await?;
    let tx = db.begin().await?;
    let payments = Payment::find().include(Payment::ACCOUNT).lock_for_update().all(&tx).await?;
    check_eq!(
        payments.iter().map(|(payment, account)| (payment.amount, account.balance)).collect::<Vec<_>>(),
        [(5, 100)]
    );
    let mut rows = Account::find().order_by(Account::ID).lock_for_update().stream(&tx);
    let mut ids = Vec::new();
    while let Some(row) = rows.next().await {
        ids.push(row?.id);
    }
    drop(rows);
    check_eq!(ids, [1, 2]);
    check_eq!(
        Account::find().limit(1).offset(1).order_by(Account::ID).lock_for_update().all(&tx).await?[0].id,
        2
    );
    tx.commit().await?;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Payment {
    id: u64,
    #[model(belongs_to = Account)]
    account_id: u64,
    amount: i64,
}
