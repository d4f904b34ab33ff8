//! Transactions: all or nothing, seen by nobody else before.

use std::fmt;

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

pub(crate) mod kinds;
pub(crate) mod locks;
pub(crate) mod retries;

use crate::{cases, check, check_eq, check_matches};

cases![
    ok_commits_and_err_rolls_back,
    by_hand,
    a_panic_rolls_back,
    a_drop_rolls_back,
    own_writes_are_seen_and_by_nobody_else,
    errors_of_the_application_come_back,
    a_refused_statement_does_not_end_it,
    one_that_was_ended_takes_nothing_more,
    every_verb_works_in_one,
    tasks_share_a_small_pool,
    a_closed_db_refuses,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Account {
    id: u64,
    #[model(unique, size = 40)]
    owner: String,
    balance: i64,
}

#[derive(Debug, PartialEq)]
struct Poor {
    missing: i64,
}

impl fmt::Display for Poor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is missing", self.missing)
    }
}

impl std::error::Error for Poor {}

async fn two(db: &Db) -> Result<(), Error> {
    Account::sync(db).await?;
    let rows = [("Ada", 100), ("Bob", 0)];
    Account::bulk_create(db, rows.map(|(owner, balance)| Account::build().owner(owner).balance(balance)))
        .await?;
    Ok(())
}

async fn balances(db: &impl Executor) -> Result<Vec<i64>, Error> {
    Account::find().order_by(Account::ID).select(Account::BALANCE).all(db).await
}

async fn transfer(db: &Db, from: u64, to: u64, amount: i64) -> Result<i64, Error> {
    db.transaction(async |tx| {
        let one = |id| Account::find().filter(Account::ID.eq(id));
        // In the order of the ids, so that two of them never wait for each other.
        for (id, change) in
            if from < to { [(from, -amount), (to, amount)] } else { [(to, amount), (from, -amount)] }
        {
            one(id).update(tx, Account::BALANCE.increment(change)).await?;
        }
        let left = one(from).select(Account::BALANCE).one(tx).await?.unwrap_or(0);
        if left < 0 { Err(Error::custom(Poor { missing: -left })) } else { Ok(left) }
    })
    .await
}

async fn ok_commits_and_err_rolls_back(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    check_eq!(transfer(db, 1, 2, 30).await?, 70);
    check_eq!(balances(db).await?, [70, 30]);
    check_matches!(transfer(db, 1, 2, 71).await, Err(Error::Custom(_)));
    check_eq!(balances(db).await?, [70, 30]);
    let outcome: Result<(), Error> = db.transaction(async |_| Ok(())).await;
    check_matches!(outcome, Ok(()));
    Ok(())
}

async fn by_hand(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tx = db.begin().await?;
    Account::build().owner("Cid").balance(1).save(&tx).await?;
    tx.commit().await?;
    check_eq!(balances(db).await?, [100, 0, 1]);
    let tx = db.begin().await?;
    check_eq!(Account::find().everything().destroy(&tx).await?, 3);
    tx.rollback().await?;
    check_eq!(balances(db).await?, [100, 0, 1]);
    Ok(())
}

async fn a_panic_rolls_back(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(2).connect().await?;
    two(db).await?;
    let moved = db.clone();
    let task = tokio::spawn(async move {
        let outcome: Result<(), Error> = moved
            .transaction(async |tx| {
                Account::find().everything().update(tx, Account::BALANCE.set(7)).await?;
                // A panic without its report, which would look like a failure here.
                std::panic::resume_unwind(Box::new("on purpose"))
            })
            .await;
        outcome
    });
    check!(task.await.is_err_and(|error| error.is_panic()));
    check_eq!(balances(db).await?, [100, 0]);
    // The locks are gone as well.
    check_eq!(transfer(db, 1, 2, 1).await?, 99);
    check_eq!(balances(db).await?, [99, 1]);
    db.close().await?;
    Ok(())
}

async fn a_drop_rolls_back(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    two(db).await?;
    for _ in 0..3 {
        let tx = db.begin().await?;
        Account::find().everything().destroy(&tx).await?;
        Account::build().owner("Eve").balance(1).save(&tx).await?;
        drop(tx);
        check_eq!(balances(db).await?, [100, 0]);
    }
    // A future that is dropped in the middle is no different.
    let (reached, arrived) = tokio::sync::oneshot::channel();
    let work = db.transaction(async |tx| {
        Account::find().everything().destroy(tx).await?;
        let _ = reached.send(());
        std::future::pending::<()>().await;
        Ok(())
    });
    tokio::select! {
        outcome = work => return Err(format!("it ended: {outcome:?}").into()),
        arrived = arrived => arrived?,
    }
    check_eq!(balances(db).await?, [100, 0]);
    db.close().await?;
    Ok(())
}

async fn own_writes_are_seen_and_by_nobody_else(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tx = db.begin().await?;
    let mut cid = Account::build().owner("Cid").balance(5).save(&tx).await?;
    check_eq!(Account::find_by_id(&tx, cid.id).await?.as_ref(), Some(&cid));
    check_eq!(Account::find_by_id(db, cid.id).await?, None);
    cid.update(&tx, Account::BALANCE.increment(1)).await?;
    check_eq!(cid.balance, 6);
    Account::find().filter(Account::ID.eq(1)).update(&tx, Account::BALANCE.set(1)).await?;
    check_eq!((balances(&tx).await?, balances(db).await?), (vec![1, 0, 6], vec![100, 0]));
    check_eq!((Account::find().count(&tx).await?, Account::find().count(db).await?), (3, 2));
    check_eq!(Account::find().sum(&tx, Account::BALANCE).await?, Some(7));
    tx.commit().await?;
    check_eq!(balances(db).await?, [1, 0, 6]);
    Ok(())
}

async fn errors_of_the_application_come_back(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let error = transfer(db, 2, 1, 40).await.err().ok_or("no error")?;
    check_eq!(error.to_string(), "40 is missing");
    check!(error.downcast_ref::<fmt::Error>().is_none());
    check_eq!(error.downcast_ref::<Poor>(), Some(&Poor { missing: 40 }));
    let error = error.downcast::<fmt::Error>().err().ok_or("another type")?;
    check_matches!(error.downcast::<Poor>(), Ok(Poor { missing: 40 }));
    check_matches!(Error::MissingFilter { table: "x" }.downcast::<Poor>(), Err(Error::MissingFilter { .. }));
    Ok(())
}

async fn a_refused_statement_does_not_end_it(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tx = db.begin().await?;
    Account::build().owner("Cid").balance(1).save(&tx).await?;
    check_matches!(Account::build().owner("Ada").balance(1).save(&tx).await, Err(Error::UniqueViolation(_)));
    let rows =
        [("Dan", 1), ("Bob", 2)].map(|(owner, balance)| Account::build().owner(owner).balance(balance));
    check_matches!(Account::bulk_create(&tx, rows).await, Err(Error::UniqueViolation(_)));
    check_matches!(tx.execute("SELEKT", ()).await, Err(Error::Database(_)));
    check_matches!(
        Account::find().update(&tx, Account::BALANCE.set(0)).await,
        Err(Error::MissingFilter { .. })
    );
    check_eq!(Account::find().filter(Account::ID.eq(2)).update(&tx, Account::BALANCE.set(9)).await?, 1);
    tx.commit().await?;
    check_eq!(balances(db).await?, [100, 9, 1]);
    Ok(())
}

async fn one_that_was_ended_takes_nothing_more(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let tx = db.begin().await?;
    Account::find().filter(Account::ID.eq(1)).update(&tx, Account::BALANCE.set(0)).await?;
    tx.execute("ROLLBACK", ()).await?;
    check_matches!(Account::build().owner("Cid").balance(1).save(&tx).await, Err(Error::TransactionEnded(_)));
    check_matches!(Account::find().count(&tx).await, Err(Error::TransactionEnded(_)));
    check_matches!(tx.commit().await, Err(Error::TransactionEnded(_)));
    check_eq!(balances(db).await?, [100, 0]);

    // The servers commit before they change a table, SQLite does that in the transaction too.
    let tx = db.begin().await?;
    Account::find().filter(Account::ID.eq(1)).update(&tx, Account::BALANCE.set(1)).await?;
    tx.execute("CREATE TABLE others (id INT)", ()).await?;
    if fixture.is_sqlite() {
        check_eq!(balances(&tx).await?, [1, 0]);
        tx.rollback().await?;
        check_eq!(balances(db).await?, [100, 0]);
    } else {
        check_matches!(balances(&tx).await, Err(Error::TransactionEnded(_)));
        tx.rollback().await?;
        check_eq!(balances(db).await?, [1, 0]);
    }
    Ok(())
}

async fn every_verb_works_in_one(fixture: &Fixture) -> Outcome {
    let db = fixture.db.clone();
    two(&db).await?;
    // In a task, so that what the verbs return has to be `Send` there.
    let task = tokio::spawn(async move {
        db.transaction(async |tx| {
            let rows = (0..2_500).map(|n| Account::build().owner(format!("owner {n}")).balance(n));
            let mut rows = Account::bulk_create(tx, rows).await?;
            let first = &mut rows[0];
            first.update(tx, Account::BALANCE.increment(5)).await?;
            first.update(tx, Account::OWNER.set("first")).await?;
            first.balance += 1;
            first.save(tx).await?;
            first.reload(tx).await?;
            let found = Account::find().filter(Account::OWNER.eq("first")).one(tx).await?;
            let page = Account::find().order_by(Account::ID).limit(3).find_and_count(tx).await?;
            let gone = Account::find().filter(Account::BALANCE.gt(2_000)).destroy(tx).await?;
            first.clone().destroy(tx).await?;
            let left = Account::find().exists(tx).await?;
            let most = Account::find().max(tx, Account::BALANCE).await?;
            Ok::<_, Error>((found.map(|row| row.balance), page.0.len(), page.1, gone, left, most))
        })
        .await
    });
    check_eq!(task.await??, (Some(6), 3, 2_502, 499, true, Some(2_000)));
    check_eq!(Account::find().count(&fixture.db).await?, 2_002);
    Ok(())
}

async fn tasks_share_a_small_pool(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(2).connect().await?;
    two(db).await?;
    Account::find().filter(Account::ID.eq(2)).update(db, Account::BALANCE.set(100)).await?;
    let tasks: Vec<_> = (0..20_u64)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move { transfer(&db, 1 + n % 2, 2 - n % 2, 11).await.map(drop) })
        })
        .collect();
    let mut poor = 0;
    for task in tasks {
        match task.await? {
            Ok(()) => {}
            Err(Error::Custom(_)) => poor += 1,
            Err(other) => return Err(other.into()),
        }
    }
    let now = balances(db).await?;
    check_eq!(now.iter().sum::<i64>(), 200);
    check!(now.iter().all(|balance| *balance >= 0) && poor <= 2);
    db.close().await?;
    Ok(())
}

async fn a_closed_db_refuses(fixture: &Fixture) -> Outcome {
    let db = fixture.options().connect().await?;
    two(&db).await?;
    let tx = db.begin().await?;
    Account::build().owner("Cid").balance(1).save(&tx).await?;
    db.close().await?;
    check_matches!(Account::find().count(&db).await, Err(Error::Closed));
    check_matches!(db.begin().await.map(drop), Err(Error::Closed));
    check_matches!(db.clone().authenticate().await, Err(Error::Closed));
    // What had begun may come to its end.
    tx.commit().await?;
    check_eq!(Account::find().count(&fixture.db).await?, 3);
    Ok(())
}
