//! Any number of rows in constant memory: what is drawn and when, chunks, progress, failures.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    nothing_one_and_many,
    no_more_is_drawn_than_a_chunk,
    given_ids_and_generated_ones_mix,
    large_rows_make_small_chunks,
    more_columns_than_one_statement_takes_rows,
    a_failing_row_leaves_nothing,
    chunks_that_are_committed_stay,
    within_a_transaction,
    defaults_and_timestamps,
    keys_that_are_not_generated,
    drafts_may_borrow,
    is_spawned,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Row {
    id: u64,
    #[model(unique)]
    tag: u64,
    note: Option<String>,
}

fn drafts(tags: std::ops::Range<u64>) -> impl Iterator<Item = RowDraft<orm_core::model::Set>> {
    tags.map(|tag| Row::build().tag(tag))
}

/// How many statements of each kind there were: INSERT, BEGIN, COMMIT, any other.
fn kinds(heard: &[String]) -> [usize; 4] {
    let count = |start: &str| heard.iter().filter(|sql| sql.starts_with(start)).count();
    let known = [count("INSERT"), count("BEGIN") + count("START TRANSACTION"), count("COMMIT")];
    [known[0], known[1], known[2], heard.len() - known.iter().sum::<usize>()]
}

async fn nothing_one_and_many(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let mut next = 0;
    for (count, wanted) in [
        (0, [0, 0, 0, 0]),
        (1, [1, 0, 0, 0]),
        (999, [1, 0, 0, 0]),
        // Whether more come is not known before the first are sent.
        (1_000, [1, 1, 1, 0]),
        (1_001, [2, 1, 1, 0]),
        (10_000, [10, 1, 1, 0]),
    ] {
        let (listener, mut seen) = (Listener::start(), Vec::new());
        let inserted =
            Row::bulk_insert(drafts(next..next + count)).progress(|rows| seen.push(rows)).exec(db).await?;
        let heard = listener.sql();
        check_eq!((inserted, kinds(&heard)), (count, wanted));
        check!(!heard.iter().any(|sql| sql.contains("RETURNING")));
        let mut progress: Vec<u64> = (1..).map(|n| n * 1_000).take_while(|rows| *rows < count).collect();
        progress.extend((count > 0).then_some(count));
        check_eq!(seen, progress);
        next += count;
        check_eq!(Row::find().count(db).await?, next);
    }
    check_eq!(Row::find().sum(db, Row::TAG).await?, Some(next * (next - 1) / 2));
    Ok(())
}

async fn no_more_is_drawn_than_a_chunk(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let drawn = AtomicU64::new(0);
    let counting = drafts(0..20_500).inspect(|_| {
        drawn.fetch_add(1, Relaxed);
    });
    let mut ahead = Vec::new();
    let progress = |rows| ahead.push(drawn.load(Relaxed) - rows);
    check_eq!(Row::bulk_insert(counting).progress(progress).exec(db).await?, 20_500);
    // When a chunk has been sent nothing of the next is there.
    check_eq!(ahead, vec![0; 21]);
    check_eq!(drawn.into_inner(), 20_500);
    // An iterator that has ended is not asked again.
    let (mut left, mut asked) = (3_u64, 0);
    let once = std::iter::from_fn(|| {
        asked += 1;
        left = left.checked_sub(1)?;
        Some(Row::build().tag(90_000 + left))
    });
    check_eq!(Row::bulk_insert(once).exec(db).await?, 3);
    check_eq!(asked, 4);
    Ok(())
}

async fn given_ids_and_generated_ones_mix(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let draft = |(tag, id): (u64, Option<u64>)| match id {
        Some(id) => Row::build().tag(tag).id(id),
        None => Row::build().tag(tag),
    };
    let ids = [None, None, Some(100), Some(50), None, Some(200), None, None];
    let (listener, mut seen) = (Listener::start(), Vec::new());
    let rows = Row::bulk_insert((0..).zip(ids).map(draft)).progress(|rows| seen.push(rows));
    check_eq!(rows.exec(db).await?, 8);
    check_eq!(kinds(&listener.sql()), [5, 1, 1, 0]);
    check_eq!(seen, [2, 4, 5, 6, 8]);
    let stored = Row::find().order_by(Row::TAG).all(db).await?;
    check_eq!(stored.iter().map(|row| row.tag).collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
    check_eq!((stored[2].id, stored[3].id, stored[5].id), (100, 50, 200));
    check_eq!(stored.iter().map(|row| row.id).collect::<BTreeSet<_>>().len(), 8);
    // Long runs of both.
    let mixed = (1_000..6_000).map(|tag| draft((tag, (tag >= 3_500).then_some(tag * 10))));
    check_eq!(Row::bulk_insert(mixed).exec(db).await?, 5_000);
    check_eq!(Row::find().filter(Row::ID.ge(35_000)).count(db).await?, 2_500);
    check_eq!(Row::find_by_id(db, 59_990).await?.map(|row| row.tag), Some(5_999));
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Blob {
    id: u64,
    content: Vec<u8>,
}

async fn large_rows_make_small_chunks(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Blob::sync(db).await?;
    let drawn = AtomicU64::new(0);
    // 40 MiB in all, where MariaDB takes 16 a statement. One is larger than a chunk by itself.
    let content = |n: u8| vec![n; if n == 20 { 6 << 20 } else { 1 << 20 }];
    let blobs = (0..40).map(|n| {
        drawn.fetch_add(1, Relaxed);
        Blob::build().content(content(n))
    });
    let mut ahead = Vec::new();
    let progress = |rows| ahead.push(drawn.load(Relaxed) - rows);
    check_eq!(Blob::bulk_insert(blobs).progress(progress).exec(db).await?, 40);
    check!(ahead.len() > 10 && ahead.iter().all(|rows| *rows <= 1));
    for n in 0..40 {
        check!(Blob::find_by_id(db, u64::from(n) + 1).await?.map(|blob| blob.content) == Some(content(n)));
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[rustfmt::skip]
struct Wide {
    id: u64,
    a: i32, b: Option<i32>, c: Option<i32>, d: Option<i32>, e: Option<i32>, f: Option<i32>, g: Option<i32>, h: Option<i32>,
    i: Option<i32>, j: Option<i32>, k: Option<i32>, l: Option<i32>, m: Option<i32>, n: Option<i32>, o: Option<i32>, p: Option<i32>,
    q: Option<i32>, r: Option<i32>, s: Option<i32>, t: Option<i32>, u: Option<i32>, v: Option<i32>, w: Option<i32>, x: Option<i32>,
    y: Option<i32>, z: Option<i32>, aa: Option<i32>, bb: Option<i32>, cc: Option<i32>, dd: Option<i32>, ee: Option<i32>, ff: Option<i32>,
    gg: Option<i32>, hh: Option<i32>, ii: Option<i32>, jj: Option<i32>, kk: Option<i32>, ll: Option<i32>, mm: Option<i32>, nn: Option<i32>,
    a2: Option<i32>, b2: Option<i32>, c2: Option<i32>, d2: Option<i32>, e2: Option<i32>, f2: Option<i32>, g2: Option<i32>, h2: Option<i32>,
    i2: Option<i32>, j2: Option<i32>, k2: Option<i32>, l2: Option<i32>, m2: Option<i32>, n2: Option<i32>, o2: Option<i32>, p2: Option<i32>,
    q2: Option<i32>, r2: Option<i32>, s2: Option<i32>, t2: Option<i32>, u2: Option<i32>, v2: Option<i32>, w2: Option<i32>, x2: Option<i32>,
    y2: Option<i32>, z2: Option<i32>, a3: Option<i32>, b3: Option<i32>, c3: Option<i32>,
}

async fn more_columns_than_one_statement_takes_rows(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Wide::sync(db).await?;
    // 70 values a row: 105,000 in all, above 32,766 and 65,535.
    check_eq!(Wide::bulk_insert((0..1_500).map(|n| Wide::build().a(n).c3(-n))).exec(db).await?, 1_500);
    check_eq!(Wide::find().sum(db, Wide::C3).await?, Some(-1_124_250));
    // The same for updates, where a statement has all columns but the key's.
    let mut rows = Wide::find().order_by(Wide::ID).all(db).await?;
    for row in &mut rows {
        row.b2 = Some(-row.a);
    }
    check_eq!(Wide::bulk_update(db, &mut rows, (Wide::A, Wide::B2)).await?, 1_500);
    check_eq!(Wide::find().sum(db, Wide::B2).await?, Some(-1_124_250));
    Ok(())
}

async fn a_failing_row_leaves_nothing(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    Row::build().tag(2_500_u64).save(db).await?;
    let (listener, mut seen) = (Listener::start(), Vec::new());
    let failed = Row::bulk_insert(drafts(0..5_000)).progress(|rows| seen.push(rows)).exec(db).await;
    check_matches!(failed, Err(Error::UniqueViolation(_)));
    check_eq!(kinds(&listener.sql()), [3, 1, 0, 1]);
    check_eq!(seen, [1_000, 2_000]);
    check_eq!(Row::find().count(db).await?, 1);
    // A value that cannot be sent, far behind others.
    let note = |tag| if tag == 4_321 { "x".repeat(256) } else { "fits".to_owned() };
    let noted = (3_000..6_000_u64).map(|tag| Row::build().tag(tag).note(note(tag)));
    check_matches!(Row::bulk_insert(noted).exec(db).await, Err(Error::ValueTooLong(_)));
    check_eq!(Row::find().count(db).await?, 1);
    check_eq!(Row::bulk_insert(drafts(3_000..6_000)).exec(db).await?, 3_000);
    Ok(())
}

async fn chunks_that_are_committed_stay(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let listener = Listener::start();
    check_eq!(Row::bulk_insert(drafts(0..3_500)).transaction_per_chunk().exec(db).await?, 3_500);
    // An INSERT by itself is a transaction of its own.
    check_eq!(kinds(&listener.sql()), [4, 0, 0, 0]);
    Row::build().tag(12_500_u64).save(db).await?;
    let mut committed = 0;
    let failed = Row::bulk_insert(drafts(10_000..20_000))
        .transaction_per_chunk()
        .progress(|rows| committed = rows)
        .exec(db)
        .await;
    check_matches!(failed, Err(Error::UniqueViolation(_)));
    check_eq!(committed, 2_000);
    check_eq!(Row::find().count(db).await?, 3_500 + 1 + committed);
    // Inside of a transaction nothing can be.
    let tx = db.begin().await?;
    let listener = Listener::start();
    let refused = Row::bulk_insert(drafts(30_000..30_002)).transaction_per_chunk().exec(&tx).await;
    check_matches!(refused, Err(Error::Unsupported(_)));
    check_eq!(listener.sql(), Vec::<String>::new());
    tx.commit().await?;
    Ok(())
}

async fn within_a_transaction(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let tx = db.begin().await?;
    Row::build().tag(2_500_u64).save(&tx).await?;
    let listener = Listener::start();
    check_matches!(Row::bulk_insert(drafts(0..5_000)).exec(&tx).await, Err(Error::UniqueViolation(_)));
    let heard = listener.sql();
    check_eq!(heard.first().map(String::as_str), Some("SAVEPOINT orm_1"));
    check_eq!(heard.last().map(String::as_str), Some("ROLLBACK TO SAVEPOINT orm_1"));
    check_eq!(Row::find().count(&tx).await?, 1);
    check_eq!(Row::bulk_insert(drafts(3_000..6_000)).exec(&tx).await?, 3_000);
    check_eq!(listener.sql().last().map(String::as_str), Some("RELEASE SAVEPOINT orm_2"));
    check_eq!(Row::bulk_insert(drafts(7_000..7_010)).exec(&tx).await?, 10);
    check_eq!(kinds(&listener.sql()), [1, 0, 0, 0]);
    tx.rollback().await?;
    check_eq!(Row::find().count(db).await?, 0);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Stamped {
    id: u64,
    name: String,
    #[model(default = 5)]
    level: i32,
    missing: Option<i32>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

async fn defaults_and_timestamps(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Stamped::sync(db).await?;
    let before = Utc::now() - std::time::Duration::from_millis(1);
    let drafts = [Stamped::build().name("a"), Stamped::build().name("b").level(7).missing(2)];
    let old = Stamped::build().name("c").created_at(DateTime::UNIX_EPOCH);
    check_eq!(Stamped::bulk_insert(drafts.into_iter().chain([old])).exec(db).await?, 3);
    let rows = Stamped::find().order_by(Stamped::ID).all(db).await?;
    let [a, b, c] = &rows[..] else { return Err("not three rows".into()) };
    check_eq!((a.level, a.missing, b.level, b.missing), (5, None, 7, Some(2)));
    check!(a.created_at == a.updated_at && a.created_at >= before && a.updated_at == c.updated_at);
    check_eq!(c.created_at, DateTime::UNIX_EPOCH);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Pair {
    #[model(primary_key, size = 20)]
    left: String,
    #[model(primary_key)]
    right: i32,
    note: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Ticket {
    id: i32,
}

async fn keys_that_are_not_generated(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Pair::sync(db).await?;
    let pairs = || (0..2_500).map(|n| Pair::build().left(format!("l{}", n % 3)).right(n));
    check_eq!(Pair::bulk_insert(pairs()).exec(db).await?, 2_500);
    check_eq!(Pair::find_by_id(db, ("l0", 2_499)).await?.map(|pair| pair.right), Some(2_499));
    check_matches!(Pair::bulk_insert(pairs()).exec(db).await, Err(Error::UniqueViolation(_)));
    // A statement of a full chunk is the same whether records are wanted back or not.
    Pair::truncate(db).await?;
    check_eq!(Pair::bulk_create(db, pairs()).await?.len(), 2_500);
    check_eq!(Pair::find().count(db).await?, 2_500);
    // Nothing but an id.
    Ticket::sync(db).await?;
    check_eq!(Ticket::bulk_insert((0..1_002).map(|_| Ticket::build())).exec(db).await?, 1_002);
    check_eq!(Ticket::bulk_create(db, (0..1_000).map(|_| Ticket::build())).await?.len(), 1_000);
    check_eq!(Ticket::bulk_insert((0..1_000).map(|_| Ticket::build())).exec(db).await?, 1_000);
    check_eq!(Ticket::find().count(db).await?, 3_002);
    Ok(())
}

async fn drafts_may_borrow(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Row::sync(db).await?;
    let notes = ["a".to_owned(), "b".to_owned()];
    let borrowed = notes.iter().zip(0..).map(|(note, tag)| Row::build().tag(tag).note(note));
    check_eq!(Row::bulk_insert(borrowed).exec(db).await?, 2);
    check_eq!(Row::find().order_by(Row::TAG).all(db).await?[1].note.as_deref(), Some("b"));
    Ok(())
}

async fn is_spawned(fixture: &Fixture) -> Outcome {
    let db = fixture.db.clone();
    Row::sync(&db).await?;
    let task = tokio::spawn(async move {
        let inserted = Row::bulk_insert(drafts(0..1_500)).progress(|_| ()).exec(&db).await?;
        let mut rows = Row::find().all(&db).await?;
        Ok::<_, Error>((inserted, Row::bulk_update(&db, &mut rows, Row::TAG).await?))
    });
    check_eq!(task.await??, (1_500, 1_500));
    Ok(())
}
