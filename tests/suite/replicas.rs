//! Where reads go. What stands in for a replica here is another database with other rows, so that it shows who answered; how far real ones are
//! behind is tested with real ones.

use std::time::Duration;

use orm_core::db::{NoReplica, TransactionOptions};
use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![
    what_only_reads_goes_to_a_replica,
    all_else_goes_to_the_primary,
    transactions_that_only_read_may_use_one,
    weights_are_minded,
    one_that_is_not_there_is_left_out_and_comes_back,
    without_any_the_primary_stands_in_or_not,
    a_replica_that_goes_away_fails_no_read,
    reads_see_what_the_handle_wrote,
    debug_shows_no_password_of_a_replica,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Place {
    id: u64,
    name: String,
    #[model(belongs_to = Place, as = near)]
    near_id: Option<u64>,
}

/// Fills a database with one row of this name.
async fn fill(db: &Db, name: &str) -> Result<(), Error> {
    Place::sync(db).await?;
    let first = Place::build().name(name).save(db).await?;
    Place::build().name(name).near_id(Some(first.id)).save(db).await?;
    Ok(())
}

/// The test's own database as the primary, and another one in the place of a replica.
async fn with_replica(
    fixture: &Fixture,
    change: impl FnOnce(DbOptions) -> DbOptions,
    test: impl AsyncFnOnce(&Db, &Fixture) -> Outcome,
) -> Outcome {
    fill(&fixture.db, "primary").await?;
    Fixture::run(fixture.server(), async |other| {
        fill(&other.db, "replica").await?;
        let db = change(fixture.options().replica(other.url())).connect().await?;
        let outcome = test(&db, other).await;
        db.close().await?;
        outcome
    })
    .await
}

async fn name(db: &impl Executor) -> Result<String, Error> {
    let found = Place::find_by_id(db, 1).await?;
    Ok(found.map(|place| place.name).unwrap_or_default())
}

async fn what_only_reads_goes_to_a_replica(fixture: &Fixture) -> Outcome {
    with_replica(
        fixture,
        |options| options,
        async |db, _| {
            check_eq!(name(db).await?, "replica");
            let all = Place::find().order_by(Place::ID).all(db).await?;
            check_eq!(all.len(), 2);
            check!(all.iter().all(|place| place.name == "replica"));
            check!(Place::find().filter(Place::NAME.eq("replica")).exists(db).await?);
            check_eq!(Place::find().filter(Place::NAME.eq("primary")).count(db).await?, 0);
            check_eq!(Place::find().max(db, Place::ID).await?, Some(2));
            let (page, total) = Place::find().order_by(Place::ID).limit(1).find_and_count(db).await?;
            check_eq!((page[0].name.as_str(), total), ("replica", 2));
            let mut rows = Place::find().stream(db);
            check_eq!(rows.next().await.transpose()?.map(|place| place.name).as_deref(), Some("replica"));
            drop(rows);
            // What is included comes from there too, and so does what is loaded afterwards, and what an accessor gets.
            let with =
                Place::find().include(Place::NEAR).filter(Place::ID.eq(2)).one(db).await?.ok_or("none")?;
            check_eq!(with.1.as_ref().map(|near| near.name.as_str()), Some("replica"));
            check_eq!(with.0.near(db).await?.map(|near| near.name).as_deref(), Some("replica"));
            let loaded = Place::NEAR.load(db, &all).await?;
            check_eq!(loaded[1].as_ref().map(|near| near.name.as_str()), Some("replica"));
            // And it can be taken back.
            check_eq!(Place::find().on_primary().order_by(Place::ID).all(db).await?[0].name, "primary");
            check_eq!(Place::find().on_primary().filter(Place::NAME.eq("primary")).count(db).await?, 2);
            let with =
                Place::find().include(Place::NEAR).on_primary().filter(Place::ID.eq(2)).one(db).await?;
            check_eq!(with.ok_or("none")?.1.map(|near| near.name).as_deref(), Some("primary"));
            Ok(())
        },
    )
    .await
}

async fn all_else_goes_to_the_primary(fixture: &Fixture) -> Outcome {
    with_replica(
        fixture,
        |options| options,
        async |db, other| {
            let mut place = Place::build().name("new").save(db).await?;
            check_eq!(Place::find_by_id(db, place.id).await?, None);
            place.update(db, Place::NAME.set("newer")).await?;
            place.name = "newest".into();
            place.save(db).await?;
            // A record that is read again is read where it was written.
            place.reload(db).await?;
            check_eq!(place.name, "newest");
            check_eq!(
                Place::find()
                    .filter(Place::NAME.eq("primary"))
                    .update(db, Place::NAME.set("changed"))
                    .await?,
                2
            );
            check_eq!(name(db).await?, "replica");
            check_eq!(db.query_as::<String>("SELECT name FROM places WHERE id = 1", ()).await?, ["changed"]);
            let inside = db.transaction(async |tx| name(tx).await).await?;
            check_eq!(inside, "changed");
            check_eq!(
                db.transaction(async |tx| Ok(Place::find().lock_for_update().all(tx).await?.len())).await?,
                3
            );
            check_eq!(Place::find().filter(Place::NAME.eq("newest")).destroy(db).await?, 1);
            check_eq!(Place::find().count(&other.db).await?, 2);
            check_eq!(Place::find().count(&fixture.db).await?, 2);
            Ok(())
        },
    )
    .await
}

async fn transactions_that_only_read_may_use_one(fixture: &Fixture) -> Outcome {
    with_replica(
        fixture,
        |options| options.max_connections(1),
        async |db, _| {
            let reading = TransactionOptions::new().read_only();
            check_eq!(db.transaction_with(reading, async |tx| name(tx).await).await?, "replica");
            check_eq!(db.transaction_with(reading.on_primary(), async |tx| name(tx).await).await?, "primary");
            // The two pools are told apart: the primary's only connection is free here.
            let both = db
                .transaction_with(reading, async |tx| {
                    let writing = db.transaction(async |tx| name(tx).await).await?;
                    Ok((name(tx).await?, writing))
                })
                .await?;
            check_eq!(both, ("replica".to_owned(), "primary".to_owned()));
            Ok(())
        },
    )
    .await
}

async fn weights_are_minded(fixture: &Fixture) -> Outcome {
    let unused = fixture.url().to_owned();
    with_replica(
        fixture,
        |options| options.weighted_replica(unused, 0),
        async |db, _| {
            for _ in 0..20 {
                check_eq!(name(db).await?, "replica");
            }
            Ok(())
        },
    )
    .await?;
    let often = fixture.url().to_owned();
    Fixture::run(fixture.server(), async |other| {
        fill(&other.db, "replica").await?;
        let db = fixture.options().weighted_replica(often, 3).replica(other.url()).connect().await?;
        let mut counts = [0_u32; 2];
        for _ in 0..200 {
            counts[usize::from(name(&db).await? == "replica")] += 1;
        }
        // 150 and 50 are to be expected; this far off they are once in many lifetimes.
        check!(counts[0] > counts[1] && counts[1] > 10, "{counts:?}");
        db.close().await?;
        Ok(())
    })
    .await
}

/// A URL at which there is nothing yet, and what makes a database of it.
async fn absent(fixture: &Fixture) -> Outcome<(String, Option<tempfile::TempDir>)> {
    let name = format!("absent_{}", fastrand::u64(..));
    if fixture.is_sqlite() {
        let folder = tempfile::tempdir()?;
        // Where the file has to exist.
        let url = format!("sqlite://{}?mode=rw", folder.path().join(name).display());
        return Ok((url, Some(folder)));
    }
    let mut url = url::Url::parse(fixture.url())?;
    url.set_path(&name);
    Ok((url.into(), None))
}

async fn one_that_is_not_there_is_left_out_and_comes_back(fixture: &Fixture) -> Outcome {
    fill(&fixture.db, "primary").await?;
    let (url, folder) = absent(fixture).await?;
    let db = fixture.options().replica(&url).connect().await?;
    for _ in 0..10 {
        check_eq!(name(&db).await?, "primary");
    }
    // Now it comes.
    let database = url::Url::parse(&url)?.path().trim_start_matches('/').to_owned();
    if folder.is_none() {
        db.execute(TrustedSql(format!("CREATE DATABASE {database}")), ()).await?;
    }
    let replica = Db::connect(url.replace("?mode=rw", "")).await?;
    fill(&replica, "replica").await?;
    let mut answers = name(&db).await;
    for _ in 0..1_500 {
        if matches!(&answers, Ok(name) if name == "replica") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        answers = name(&db).await;
    }
    check_eq!(answers?, "replica");
    replica.close().await?;
    if folder.is_none() {
        db.execute(TrustedSql(format!("DROP DATABASE {database}")), ()).await?;
    }
    db.close().await?;
    Ok(())
}

async fn without_any_the_primary_stands_in_or_not(fixture: &Fixture) -> Outcome {
    fill(&fixture.db, "primary").await?;
    let (url, _folder) = absent(fixture).await?;
    let db = fixture.options().replica(&url).when_no_replica(NoReplica::Fail).connect().await?;
    check_matches!(name(&db).await, Err(Error::NoReplica));
    check_matches!(Place::find().stream(&db).next().await.transpose(), Err(Error::NoReplica));
    let reading = TransactionOptions::new().read_only();
    check_matches!(db.begin_with(reading).await.map(drop), Err(Error::NoReplica));
    check_eq!(Place::find().on_primary().count(&db).await?, 2);
    Place::build().name("new").save(&db).await?;
    db.close().await?;
    check_matches!(name(&db).await, Err(Error::Closed));
    let db = fixture.options().replica(&url).connect().await?;
    check_eq!(db.transaction_with(reading, async |tx| name(tx).await).await?, "primary");
    check_eq!(
        Place::find().stream(&db).next().await.transpose()?.map(|place| place.name).as_deref(),
        Some("primary")
    );
    db.close().await?;
    Ok(())
}

async fn a_replica_that_goes_away_fails_no_read(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // Nothing is between a program and its file.
        return Ok(());
    }
    fill(&fixture.db, "primary").await?;
    Fixture::run(fixture.server(), async |other| {
        fill(&other.db, "replica").await?;
        let proxy = tests::proxy::Proxy::to(other.url()).await?;
        let db = fixture.options().replica(proxy.url()).connect().await?;
        check_eq!(name(&db).await?, "replica");
        // Its connections break, and no new ones are taken.
        proxy.set(tests::proxy::Faults { refuse: true, ..Default::default() });
        proxy.sever(tests::proxy::Ending::Reset);
        for _ in 0..20 {
            check_eq!(name(&db).await?, "primary");
        }
        proxy.heal();
        let mut answers = String::new();
        for _ in 0..1_500 {
            answers = name(&db).await?;
            if answers == "replica" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        check_eq!(answers, "replica");
        db.close().await?;
        Ok(())
    })
    .await
}

async fn reads_see_what_the_handle_wrote(fixture: &Fixture) -> Outcome {
    with_replica(
        fixture,
        |options| options,
        async |db, _| {
            let mine = db.read_your_writes(Duration::from_millis(50));
            // Nothing was written yet, so a replica will do.
            check_eq!(name(&mine).await?, "replica");
            Place::find().filter(Place::ID.eq(1)).update(&mine, Place::NAME.set("written")).await?;
            // These servers keep no global transaction ids, and what stands in for a replica gets nothing: the primary has to answer.
            check_eq!(name(&mine).await?, "written");
            check_eq!(name(&mine.clone()).await?, "written");
            let reading = TransactionOptions::new().read_only();
            check_eq!(mine.transaction_with(reading, async |tx| name(tx).await).await?, "written");
            check_eq!(name(db).await?, "replica");
            let another = db.read_your_writes(Duration::from_millis(50));
            check_eq!(name(&another).await?, "replica");
            another.transaction(async |tx| Place::build().name("by a commit").save(tx).await).await?;
            check_eq!(name(&another).await?, "written");
            Ok(())
        },
    )
    .await
}

async fn debug_shows_no_password_of_a_replica(fixture: &Fixture) -> Outcome {
    let options = fixture.options().replica("mysql://user:s3cret@elsewhere/db");
    check!(!format!("{options:?}").contains("s3cret"));
    let options = DbOptions::cluster(["mysql://user:s3cret@one/db", "mysql://user:s3cret@two/db"]);
    check!(!format!("{options:?}").contains("s3cret"));
    check!(format!("{options:?}").contains("two"));
    if fixture.is_sqlite() {
        let two = DbOptions::cluster(["sqlite::memory:", "sqlite::memory:"]).connect().await;
        check_matches!(two.map(drop), Err(Error::Configuration(_)));
    }
    Ok(())
}
