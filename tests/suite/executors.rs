//! What statements are sent to: a `Db`, a transaction, either behind a reference; and what connections keep of them.

use futures_util::future::{join_all, try_join_all};
use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![
    functions_take_either,
    statements_of_a_transaction_queue_up,
    prepared_statements_survive_a_changed_table,
    more_statements_than_a_connection_keeps,
    clones_share_the_pool,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Star {
    id: u64,
    name: String,
    size: Option<i32>,
}

async fn generic<E: Executor + ?Sized>(db: &E) -> Result<u64, Error> {
    Star::build().name("generic").save(db).await?;
    Star::find().count(db).await
}

async fn dynamic(db: &dyn Executor) -> Result<u64, Error> {
    let star = Star::build().name("dynamic").save(db).await?;
    star.destroy(db).await?;
    Star::find().count(db).await
}

async fn functions_take_either(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Star::sync(db).await?;
    check_eq!((generic(db).await?, dynamic(db).await?), (1, 1));
    let tx = db.begin().await?;
    check_eq!((generic(&tx).await?, dynamic(&tx).await?), (2, 2));
    tx.rollback().await?;
    check_eq!(generic(db).await?, 2);
    Ok(())
}

async fn statements_of_a_transaction_queue_up(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Star::sync(db).await?;
    let tx = db.begin().await?;
    let names: Vec<String> = (0..20).map(|n| format!("star {n}")).collect();
    let stars = try_join_all(names.iter().map(|name| Star::build().name(name).save(&tx))).await?;
    check!(stars.iter().zip(&names).all(|(star, name)| star.name == *name));
    let counts = join_all((0..5).map(|_| Star::find().count(&tx))).await;
    for count in counts {
        check_matches!(count, Ok(20));
    }
    tx.commit().await?;
    check_eq!(Star::find().order_by(Star::ID).all(db).await?, stars);
    Ok(())
}

async fn prepared_statements_survive_a_changed_table(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(3).connect().await?;
    Star::sync(db).await?;
    let use_all = async || -> Result<(), Error> {
        let work = (0..6).map(|n| async move {
            let mut star = Star::build().name("a").save(db).await?;
            Star::find_by_id(db, star.id).await?;
            Star::find().all(db).await?;
            Star::find().filter(Star::SIZE.is_null()).limit(2).all(db).await?;
            star.update(db, Star::SIZE.set(n)).await?;
            star.save(db).await?;
            star.destroy(db).await
        });
        try_join_all(work).await.map(drop)
    };
    use_all().await?;
    Star::sync_force(db).await?;
    use_all().await?;
    db.execute("ALTER TABLE stars ADD COLUMN further INTEGER", ()).await?;
    use_all().await?;
    check_eq!(db.query_as::<Star>("SELECT * FROM stars", ()).await?, []);
    Star::truncate(db).await?;
    use_all().await?;
    db.execute("DROP TABLE stars", ()).await?;
    check_matches!(use_all().await, Err(Error::Database(_)));
    Star::sync(db).await?;
    use_all().await?;
    db.close().await?;
    Ok(())
}

async fn more_statements_than_a_connection_keeps(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    Star::sync(db).await?;
    Star::bulk_create(db, (0..200).map(|n| Star::build().name("a").size(n))).await?;
    for _ in 0..2 {
        for n in 1..200 {
            let text = format!("SELECT size + {n} FROM stars WHERE size = ?");
            check_eq!(db.query_as::<i64>(TrustedSql(text), (n,)).await?, [2 * i64::from(n)]);
        }
    }
    for count in 1..150 {
        let rows = Star::bulk_create(db, (0..count).map(|_| Star::build().name("b"))).await?;
        check_eq!(
            Star::find().filter(Star::ID.is_in(rows.iter().map(|row| row.id))).destroy(db).await?,
            count
        );
    }
    check_eq!(Star::find().count(db).await?, 200);
    db.close().await?;
    Ok(())
}

async fn clones_share_the_pool(fixture: &Fixture) -> Outcome {
    let db = fixture
        .options()
        .max_connections(1)
        .acquire_timeout(std::time::Duration::from_millis(50))
        .connect()
        .await?;
    Star::sync(&db).await?;
    let other = db.clone();
    let tx = db.begin().await?;
    check_matches!(Star::find().count(&other).await, Err(Error::PoolExhausted { size: 1, .. }));
    tx.rollback().await?;
    check_eq!(Star::find().count(&other).await?, 0);
    check_eq!(db.dialect_name(), fixture.server().name());
    other.close().await?;
    check_matches!(Star::find().count(&db).await, Err(Error::Closed));
    Ok(())
}
