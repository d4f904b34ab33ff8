//! Rows as they arrive.

use futures_util::{StreamExt as _, TryStreamExt as _};
use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![
    many_rows_in_their_order,
    memory_stays_small,
    dropped_half_way,
    a_transaction_is_busy_until_the_stream_is_over,
    a_wrong_row_comes_after_those_before_it,
    small_and_failing_streams,
    two_streams_at_once,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Point {
    id: u64,
    number: u32,
}

/// Doubles the rows in the database: numbers from 0, `2^doublings` of them.
async fn points(db: &Db, doublings: u32) -> Result<u32, Error> {
    Point::sync(db).await?;
    Point::build().number(0_u32).save(db).await?;
    for n in 0..doublings {
        db.execute("INSERT INTO points (number) SELECT number + ? FROM points", (1_u32 << n,)).await?;
    }
    Ok(1 << doublings)
}

async fn many_rows_in_their_order(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let count = points(db, 17).await?;
    check_eq!(count, 131_072);
    let mut stream = Point::find().order_by(Point::NUMBER).stream(db);
    let mut next = 0;
    while let Some(point) = stream.next().await {
        check_eq!(point?.number, next);
        next += 1;
    }
    check_eq!(next, count);
    let mut sum = 0_u64;
    let mut numbers = Point::find().filter(Point::NUMBER.lt(50_000_u32)).select(Point::NUMBER).stream(db);
    while let Some(number) = numbers.try_next().await? {
        sum += u64::from(number);
    }
    check_eq!(sum, 49_999 * 50_000 / 2);
    let page = Point::find().order_by(Point::NUMBER).offset(100_000).limit(3).stream(db);
    let page: Vec<Point> = page.try_collect().await?;
    check_eq!(page.iter().map(|point| point.number).collect::<Vec<_>>(), [100_000, 100_001, 100_002]);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Page {
    id: u64,
    content: Vec<u8>,
}

/// Large rows go by, and the process does not grow by what they come to.
async fn memory_stays_small(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Page::sync(db).await?;
    Page::build().content(vec![7_u8; 1 << 18]).save(db).await?;
    for _ in 0..9 {
        db.execute("INSERT INTO pages (content) SELECT content FROM pages", ()).await?;
    }
    let before = resident()?;
    let (mut rows, mut most) = (0, before);
    let mut stream = Page::find().stream(db);
    while let Some(page) = stream.try_next().await? {
        check_eq!(page.content.len(), 1 << 18);
        rows += 1;
        most = most.max(resident()?);
    }
    check_eq!(rows, 512);
    // 128 MiB went by. A batch is 64 rows, and other tests run beside this one: half of it all is still far from all of it.
    let grown = (most - before) >> 20;
    check!(grown < 96, "{grown} MiB more than before");
    Ok(())
}

/// The memory of this process in bytes; 0 where the system does not say.
fn resident() -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let Ok(pages) = std::fs::read_to_string("/proc/self/statm") else { return Ok(0) };
    Ok(pages.split_whitespace().nth(1).unwrap_or("0").parse::<usize>()? * 4096)
}

async fn dropped_half_way(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    let count = points(db, 13).await?;
    for rows in [0, 1, 63, 64, 65, 1_000] {
        let mut stream = Point::find().order_by(Point::NUMBER).stream(db);
        for n in 0..rows {
            check_eq!(stream.try_next().await?.map(|point| point.number), Some(n));
        }
        drop(stream);
        check_eq!(Point::find().count(db).await?, u64::from(count));
        check_eq!(Point::find().filter(Point::NUMBER.eq(rows)).update(db, Point::NUMBER.set(rows)).await?, 1);
    }
    let first: Vec<Point> = Point::find().order_by(Point::NUMBER).stream(db).take(3).try_collect().await?;
    check_eq!(first.len(), 3);
    check_eq!(Point::build().number(count).save(db).await?.number, count);
    db.close().await?;
    Ok(())
}

async fn a_transaction_is_busy_until_the_stream_is_over(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    points(db, 9).await?;
    let tx = db.begin().await?;
    let added = Point::build().number(512_u32).save(&tx).await?;
    let mut stream = Point::find().order_by(Point::NUMBER).stream(&tx);
    // Nothing has been sent yet.
    check_eq!(Point::find().count(&tx).await?, 513);
    check_eq!(stream.try_next().await?.map(|point| point.number), Some(0));
    check_matches!(Point::find().count(&tx).await, Err(Error::ConnectionBusy));
    check_matches!(Point::find_by_id(&tx, 1).await, Err(Error::ConnectionBusy));
    check_matches!(added.clone().destroy(&tx).await, Err(Error::ConnectionBusy));
    check_matches!(tx.execute("DELETE FROM points", ()).await, Err(Error::ConnectionBusy));
    check_eq!(Point::find().count(db).await?, 512);
    let rest: Vec<Point> = stream.try_collect().await?;
    check_eq!((rest.len(), rest.last()), (512, Some(&added)));
    check_eq!(Point::find().count(&tx).await?, 513);
    added.destroy(&tx).await?;
    tx.commit().await?;
    check_eq!(Point::find().count(db).await?, 512);

    // Dropped half-way it is read to its end before the next statement, so that the transaction goes on.
    let tx = db.begin().await?;
    Point::find().everything().destroy(&tx).await?;
    Point::bulk_create(&tx, (0..500_u32).map(|number| Point::build().number(number))).await?;
    for rows in [1, 64, 65, 499] {
        let mut stream = Point::find().order_by(Point::NUMBER).stream(&tx);
        for n in 0..rows {
            check_eq!(stream.try_next().await?.map(|point| point.number), Some(n));
        }
        drop(stream);
        check_eq!(Point::find().count(&tx).await?, 500);
    }
    check_eq!(Point::find().count(db).await?, 512);
    let mut stream = Point::find().stream(&tx);
    check!(stream.try_next().await?.is_some());
    drop(stream);
    tx.commit().await?;
    check_eq!(Point::find().count(db).await?, 500);
    // And so it can be rolled back, by hand or by dropping it.
    for by_hand in [true, false] {
        let tx = db.begin().await?;
        Point::find().everything().destroy(&tx).await?;
        Point::bulk_create(&tx, (0..300_u32).map(|number| Point::build().number(number))).await?;
        let mut stream = Point::find().stream(&tx);
        check!(stream.try_next().await?.is_some());
        drop(stream);
        if by_hand {
            tx.rollback().await?;
        } else {
            drop(tx);
        }
        check_eq!(Point::find().count(db).await?, 500);
        check_eq!(
            Point::find().filter(Point::NUMBER.eq(1_u32)).update(db, Point::NUMBER.set(1_u32)).await?,
            1
        );
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "points")]
struct SmallPoint {
    id: u64,
    number: u8,
}

async fn a_wrong_row_comes_after_those_before_it(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    points(db, 10).await?;
    let mut stream = SmallPoint::find().order_by(SmallPoint::ID).stream(db);
    for n in 0..=255 {
        check_eq!(stream.try_next().await?.map(|point| point.number), Some(n));
    }
    check_matches!(&stream.next().await, Some(Err(Error::Decode(wrong))) if wrong.table == "points" && wrong.column == "number");
    check_matches!(stream.next().await, None);
    check_matches!(stream.next().await, None);
    check_eq!(SmallPoint::find().filter(SmallPoint::NUMBER.le(255)).count(db).await?, 256);
    db.close().await?;
    Ok(())
}

async fn small_and_failing_streams(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut stream = Point::find().stream(db);
    check_matches!(stream.next().await, Some(Err(Error::Database(_))));
    check_matches!(stream.next().await, None);
    Point::sync(db).await?;
    let mut stream = Point::find().stream(db);
    check_matches!(stream.next().await, None);
    check_matches!(stream.next().await, None);
    for count in [1_u32, 63, 64, 65, 128, 129] {
        Point::truncate(db).await?;
        let rows = Point::bulk_create(db, (0..count).map(|number| Point::build().number(number))).await?;
        let read: Vec<Point> = Point::find().order_by(Point::ID).stream(db).try_collect().await?;
        check_eq!(read, rows);
    }
    let mut stream = Point::find().filter(Point::NUMBER.is_in(0..70_000)).stream(db);
    check_matches!(stream.next().await, Some(Err(Error::Unsupported(_))));
    check_matches!(stream.next().await, None);
    Ok(())
}

async fn two_streams_at_once(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let count = points(db, 9).await?;
    let up = Point::find().order_by(Point::NUMBER).stream(db);
    let down = Point::find().order_by(Point::NUMBER.desc()).stream(db);
    let pairs: Vec<_> = up.zip(down).collect().await;
    check_eq!(pairs.len(), 512);
    for (one, other) in pairs {
        check_eq!(one?.number + other?.number, count - 1);
    }
    // A stream moves into a task of its own.
    let moved = db.clone();
    let counted = tokio::spawn(async move {
        let mut stream = Point::find().stream(&moved);
        let mut rows = 0;
        while stream.try_next().await?.is_some() {
            rows += 1;
        }
        Ok::<u32, Error>(rows)
    });
    check_eq!(counted.await??, 512);
    Ok(())
}
