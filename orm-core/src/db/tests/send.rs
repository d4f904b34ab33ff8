//! What has to work inside of `tokio::spawn`. That this compiles is the test.

use super::super::{Call, Db, Executor, Transaction};
use crate::driver::NoRows;
use crate::error::Result;

const CALL: Call<'static> = Call::text("SELECT 1");

async fn statement(executor: &impl Executor) -> Result<u64> {
    Ok(executor.handle().run(&CALL, &mut NoRows).await?.affected)
}

/// Borrows what it needs and calls others.
async fn transfer(tx: &Transaction, names: &[String]) -> Result<usize> {
    statement(tx).await?;
    Ok(names.len())
}

fn spawned(db: Db) -> tokio::task::JoinHandle<Result<usize>> {
    let names = vec!["a".to_owned()];
    let moved = "b".to_owned();
    tokio::spawn(async move {
        let borrowed = &names;
        let mut changed = 0;
        let first = db
            .transaction(async |tx| {
                changed += transfer(tx, borrowed).await?;
                statement(tx).await?;
                statement(&db).await?;
                Ok(changed)
            })
            .await?;
        let second = db
            .transaction(async move |tx| {
                let _owned = moved;
                tx.handle().atomically(async |inner| statement(inner).await).await?;
                let mut lease = tx.handle().lease().await?;
                lease.run(&CALL, &mut NoRows).await?;
                Ok(1)
            })
            .await?;
        let third = db.handle().atomically(async |tx| transfer(tx, &names).await).await?;
        let tx = db.begin().await?;
        statement(&tx).await?;
        tx.commit().await?;
        Ok(first + second + third)
    })
}

/// The verbs keep their lease in a boxed future.
fn boxed<'a>(executor: &'a impl Executor) -> crate::driver::BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let mut lease = executor.handle().lease().await?;
        lease.run(&CALL, &mut NoRows).await?;
        Ok(())
    })
}

async fn generic(executor: &impl Executor) -> Result<u64> {
    boxed(executor).await?;
    executor.handle().atomically(async |tx| statement(tx).await).await
}

fn spawned_generic(db: Db) -> tokio::task::JoinHandle<Result<u64>> {
    tokio::spawn(async move { generic(&db).await })
}

#[test]
fn compiles() {
    let _ = (spawned as fn(_) -> _, spawned_generic as fn(_) -> _);
}

#[tokio::test]
async fn what_a_statement_waits_in_is_small() {
    let db = Db::connect("sqlite::memory:").await.unwrap();
    let mut sink = NoRows;
    let statement = db.handle().run(&CALL, &mut sink);
    let size = size_of_val(&*statement);
    // The verbs box a little more than this future. A thousand callers that wait for a connection each have one.
    assert!(size <= 224, "{size} bytes");
    statement.await.unwrap();
    db.close().await.unwrap();
}
