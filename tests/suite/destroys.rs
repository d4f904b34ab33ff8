//! Deleting rows that a condition picks, and one record. What a missing filter is, `updates.rs` says of both.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check_eq, check_matches};

cases![rows_of_a_condition, pages, everything, one_record, the_key_alone_decides];

#[derive(Model, Debug, Clone, PartialEq)]
struct Leaf {
    id: u64,
    colour: String,
    size: Option<i32>,
}

/// ids 1 to 6.
async fn six(db: &Db) -> Result<Vec<Leaf>, Error> {
    Leaf::sync(db).await?;
    let rows = [
        ("red", Some(1)),
        ("red", None),
        ("green", Some(3)),
        ("green", Some(2)),
        ("brown", None),
        ("red", Some(9)),
    ];
    Leaf::bulk_create(db, rows.map(|(colour, size)| Leaf::build().colour(colour).size(size))).await
}

async fn left(db: &Db) -> Result<Vec<u64>, Error> {
    Leaf::find().order_by(Leaf::ID).select(Leaf::ID).all(db).await
}

async fn rows_of_a_condition(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    check_eq!(Leaf::find().filter(Leaf::COLOUR.eq("blue")).destroy(db).await?, 0);
    check_eq!(Leaf::find().filter(Expr::any(Vec::new())).destroy(db).await?, 0);
    check_eq!(Leaf::find().filter(Leaf::ID.is_in(Vec::<u64>::new())).destroy(db).await?, 0);
    check_eq!(
        Leaf::find().filter(Leaf::COLOUR.eq("red")).filter(Leaf::SIZE.is_not_null()).destroy(db).await?,
        2
    );
    check_eq!(left(db).await?, [2, 3, 4, 5]);
    check_eq!(Leaf::find().filter(Leaf::SIZE.ne(3)).destroy(db).await?, 1);
    check_eq!(left(db).await?, [2, 3, 5]);
    check_eq!(Leaf::find().filter(Leaf::SIZE.is_null()).select(Leaf::ID).destroy(db).await?, 2);
    check_eq!(left(db).await?, [3]);
    Ok(())
}

async fn pages(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    let listener = Listener::start();
    let page = Leaf::find().filter(Leaf::COLOUR.eq("red")).order_by(Leaf::ID.desc()).limit(1).offset(1);
    check_eq!(page.destroy(db).await?, 1);
    check_eq!(
        listener.sql(),
        [
            r#"DELETE FROM "leaves" WHERE "id" IN (SELECT "id" FROM (SELECT "id" FROM "leaves" WHERE "colour" = ? ORDER BY "id" DESC LIMIT ? OFFSET ?) "page")"#
        ]
    );
    check_eq!(left(db).await?, [1, 3, 4, 5, 6]);
    check_eq!(Leaf::find().everything().order_by(Leaf::ID).offset(3).destroy(db).await?, 2);
    check_eq!(left(db).await?, [1, 3, 4]);
    check_eq!(Leaf::find().filter(Leaf::ID.gt(0)).limit(0).destroy(db).await?, 0);
    check_matches!(
        Leaf::find().filter(Leaf::ID.gt(0)).order_by(Leaf::ID).destroy(db).await,
        Err(Error::Unsupported(_))
    );
    check_eq!(Leaf::find().filter(Leaf::ID.gt(0)).limit(100).destroy(db).await?, 3);
    check_eq!(left(db).await?, Vec::<u64>::new());
    Ok(())
}

async fn everything(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    check_eq!(Leaf::find().everything().destroy(db).await?, 6);
    check_eq!(Leaf::find().everything().destroy(db).await?, 0);
    // Unlike after a truncate, ids go on.
    check_eq!(Leaf::build().colour("red").save(db).await?.id, 7);
    Ok(())
}

async fn one_record(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let rows = six(db).await?;
    let listener = Listener::start();
    rows[2].destroy(db).await?;
    check_eq!(listener.sql(), [r#"DELETE FROM "leaves" WHERE "id" = ?"#]);
    check_eq!(left(db).await?, [1, 2, 4, 5, 6]);
    check_matches!(rows[2].destroy(db).await, Err(Error::RecordNotFound { table: "leaves" }));
    check_eq!(left(db).await?, [1, 2, 4, 5, 6]);
    Ok(())
}

async fn the_key_alone_decides(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    six(db).await?;
    let stale = Leaf { id: 5, colour: "never seen".into(), size: Some(-1) };
    stale.destroy(db).await?;
    check_eq!(left(db).await?, [1, 2, 3, 4, 6]);
    Ok(())
}
