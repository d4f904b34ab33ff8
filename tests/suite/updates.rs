//! Updates: of rows that a condition picks, and of one record.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check_eq, check_matches};

cases![
    counts_are_of_rows_that_matched,
    a_missing_filter_is_an_error,
    pages_are_updated_through_the_key,
    one_column_is_assigned_once,
    numbers_are_counted_up_and_down,
    below_zero_is_out_of_range,
    composite_keys,
    every_set_of_columns_by_key,
    keys_of_text,
    a_record_keeps_what_was_not_assigned,
    saving_writes_every_column,
    a_key_is_set_but_not_reckoned,
    nulls_are_set_and_counted_with,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: u64,
    title: String,
    #[model(default = 0)]
    views: u32,
    #[model(default = 0)]
    balance: i64,
    rating: Option<i32>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// ids 1 to 5, views 0, 10 .. 40.
async fn five(db: &Db) -> Result<Vec<Note>, Error> {
    Note::sync(db).await?;
    let rows = ["a", "b", "c", "d", "e"].into_iter().zip(0_u32..);
    Note::bulk_create(db, rows.map(|(title, n)| Note::build().title(title).views(n * 10))).await
}

async fn counts_are_of_rows_that_matched(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    let some = || Note::find().filter(Note::VIEWS.ge(30_u32));
    check_eq!(some().update(db, Note::TITLE.set("x")).await?, 2);
    check_eq!(some().update(db, Note::TITLE.set("x")).await?, 2);
    check_eq!(some().update(db, Note::RATING.set(None::<i32>)).await?, 2);
    check_eq!(Note::find().filter(Note::ID.eq(99)).update(db, Note::TITLE.set("x")).await?, 0);
    check_eq!(Note::find().filter(Expr::any(Vec::new())).update(db, Note::TITLE.set("x")).await?, 0);
    let nothing: Vec<orm_core::model::Assignment<Note>> = Vec::new();
    check_eq!(some().update(db, nothing).await?, 0);
    check_eq!(Note::find().order_by(Note::ID).select(Note::TITLE).all(db).await?, ["a", "b", "c", "x", "x"]);
    let several = vec![Note::TITLE.set("y"), Note::VIEWS.set(1_u32)];
    check_eq!(Note::find().filter(Note::ID.eq(1)).update(db, several).await?, 1);
    let row = Note::find_by_id(db, 1).await?.ok_or("gone")?;
    check_eq!((&*row.title, row.views), ("y", 1));
    Ok(())
}

async fn a_missing_filter_is_an_error(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    let listener = Listener::start();
    type Case = (&'static str, fn() -> Query<Note>);
    let queries: [Case; 9] = [
        ("nothing", Note::find),
        ("all of nothing", || Note::find().filter(Expr::all(Vec::new()))),
        ("all of all of nothing", || Note::find().filter(Expr::all([Expr::all(Vec::new())]))),
        ("none of nothing", || Note::find().filter(Note::ID.not_in(Vec::<u64>::new()))),
        ("not one of nothing", || Note::find().filter(!Note::ID.is_in(Vec::<u64>::new()))),
        ("not any of nothing", || Note::find().filter(!Expr::any(Vec::new()))),
        ("or of nothing", || Note::find().filter(Note::ID.eq(1) | Expr::all(Vec::new()))),
        ("no condition", || Note::find().filter_some(None)),
        ("a page", || Note::find().order_by(Note::ID).limit(2).offset(1)),
    ];
    for (name, query) in queries {
        let updated = query().update(db, Note::TITLE.set("x")).await;
        check_matches!((name, updated), (_, Err(Error::MissingFilter { table: "notes" })));
        let destroyed = query().destroy(db).await;
        check_matches!((name, destroyed), (_, Err(Error::MissingFilter { table: "notes" })));
    }
    check_eq!(listener.sql(), Vec::<String>::new());
    for (name, query) in queries {
        let wanted = if name == "a page" { 2 } else { 5 };
        check_eq!((name, query().everything().update(db, Note::TITLE.set("x")).await?), (name, wanted));
    }
    check_eq!(Note::find().filter(Note::TITLE.eq("x")).count(db).await?, 5);
    // One of several conditions is enough.
    let one = Note::find().filter(Expr::all(Vec::new())).filter(Note::ID.eq(1));
    check_eq!(one.update(db, Note::TITLE.set("y")).await?, 1);
    Ok(())
}

async fn pages_are_updated_through_the_key(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    let listener = Listener::start();
    let page = Note::find().everything().order_by(Note::VIEWS.desc()).limit(2).offset(1);
    check_eq!(page.update(db, (Note::TITLE.set("p"), Note::VIEWS.increment(1_u32))).await?, 2);
    check_eq!(
        listener.sql(),
        [
            r#"UPDATE "notes" SET "title" = ?, "views" = "views" + ?, "updated_at" = ? WHERE "id" IN (SELECT "id" FROM (SELECT "id" FROM "notes" ORDER BY "views" DESC LIMIT ? OFFSET ?) "page")"#
        ]
    );
    let rows = Note::find().order_by(Note::ID).select((Note::TITLE, Note::VIEWS)).all(db).await?;
    let rows: Vec<_> = rows.iter().map(|(title, views)| (&**title, *views)).collect();
    check_eq!(rows, [("a", 0), ("b", 10), ("p", 21), ("p", 31), ("e", 40)]);
    let filtered = || Note::find().filter(Note::TITLE.eq("p")).order_by(Note::ID);
    check_eq!(filtered().limit(1).update(db, Note::TITLE.set("q")).await?, 1);
    check_eq!(filtered().offset(1).update(db, Note::TITLE.set("r")).await?, 0);
    check_eq!(filtered().limit(0).update(db, Note::TITLE.set("r")).await?, 0);
    // An order alone would be ignored, so it is refused.
    check_matches!(filtered().update(db, Note::TITLE.set("r")).await, Err(Error::Unsupported(_)));
    check_eq!(Note::find().order_by(Note::ID).select(Note::TITLE).all(db).await?, ["a", "b", "q", "p", "e"]);
    Ok(())
}

async fn one_column_is_assigned_once(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut note = five(db).await?.remove(0);
    let listener = Listener::start();
    let twice = || (Note::VIEWS.set(1_u32), Note::TITLE.set("x"), Note::VIEWS.increment(1_u32));
    let refused = Note::find().filter(Note::ID.eq(1)).update(db, twice()).await;
    check_matches!(&refused, Err(Error::Unsupported(text)) if text.contains("views") && text.contains("twice"));
    check_matches!(note.update(db, twice()).await, Err(Error::Unsupported(_)));
    check_eq!(listener.sql(), Vec::<String>::new());
    check_eq!(note.title, "a");
    Ok(())
}

async fn numbers_are_counted_up_and_down(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut notes = five(db).await?;
    let all = || Note::find().everything();
    check_eq!(all().update(db, (Note::VIEWS.increment(5_u32), Note::BALANCE.decrement(7))).await?, 5);
    check_eq!(all().update(db, Note::VIEWS.decrement(1_u32)).await?, 5);
    check_eq!(Note::find().order_by(Note::ID).select(Note::VIEWS).all(db).await?, [4, 14, 24, 34, 44]);
    check_eq!(Note::find().sum(db, Note::BALANCE).await?, Some(-35));
    let note = &mut notes[1];
    note.update(db, (Note::VIEWS.decrement(4_u32), Note::BALANCE.increment(-3), Note::TITLE.set("z")))
        .await?;
    check_eq!((note.views, note.balance, &*note.title), (10, -10, "z"));
    check_eq!(Note::find_by_id(db, 2).await?.as_ref(), Some(&*note));
    // No increment is lost, however many there are at once.
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    Note::find().filter(Note::ID.eq(1)).update(&db, Note::VIEWS.increment(1_u32)).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    check_eq!(Note::find_by_id(db, 1).await?.map(|note| note.views), Some(104));
    Ok(())
}

async fn below_zero_is_out_of_range(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut note = five(db).await?.remove(0);
    let refused = Note::find().filter(Note::ID.le(2)).update(db, Note::VIEWS.decrement(5_u32)).await;
    check_matches!(&refused, Err(Error::OutOfRange(rule)) if rule.model == Some("Note") && rule.table.as_deref() == Some("notes"));
    check_matches!(note.update(db, Note::VIEWS.decrement(1_u32)).await, Err(Error::OutOfRange(_)));
    let refused = Note::find().filter(Note::ID.eq(2)).update(db, Note::VIEWS.increment(u32::MAX)).await;
    check_matches!(&refused, Err(Error::OutOfRange(_)));
    check_eq!(
        (note.views, Note::find().order_by(Note::ID).select(Note::VIEWS).all(db).await?),
        (0, vec![0, 10, 20, 30, 40])
    );
    Note::find().filter(Note::ID.eq(1)).update(db, Note::BALANCE.set(i64::MAX)).await?;
    let refused = Note::find().filter(Note::ID.eq(1)).update(db, Note::BALANCE.increment(1)).await;
    check_matches!(&refused, Err(Error::OutOfRange(_)));
    check_eq!(Note::find_by_id(db, 1).await?.map(|note| note.balance), Some(i64::MAX));
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Seat {
    #[model(primary_key)]
    row: i32,
    #[model(primary_key)]
    number: i32,
    guest: Option<String>,
    #[model(default = 0)]
    moves: u32,
}

async fn composite_keys(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Seat::sync(db).await?;
    Seat::bulk_create(db, (0..9).map(|n| Seat::build().row(n / 3).number(n % 3))).await?;
    let page = Seat::find().filter(Seat::ROW.ge(1)).order_by((Seat::NUMBER, Seat::ROW)).limit(3).offset(1);
    check_eq!(page.update(db, Seat::GUEST.set("x")).await?, 3);
    let taken = Seat::find().filter(Seat::GUEST.eq("x")).order_by((Seat::ROW, Seat::NUMBER));
    check_eq!(taken.select((Seat::ROW, Seat::NUMBER)).all(db).await?, [(1, 1), (2, 0), (2, 1)]);
    let mut seat = Seat::find_by_id(db, (1, 1)).await?.ok_or("gone")?;
    seat.update(db, (Seat::GUEST.set_null(), Seat::MOVES.increment(1_u32))).await?;
    check_eq!(seat, Seat { row: 1, number: 1, guest: None, moves: 1 });
    seat.guest = Some("y".into());
    seat.save(db).await?;
    check_eq!(Seat::find().filter(Seat::GUEST.eq("y")).all(db).await?, [seat.clone()]);
    seat.reload(db).await?;
    seat.destroy(db).await?;
    check_eq!(Seat::find().count(db).await?, 8);
    check_matches!(seat.reload(db).await, Err(Error::RecordNotFound { table: "seats" }));
    Ok(())
}

/// Few sets have a statement that is kept, and the others one that is rendered each time: nobody can tell.
async fn every_set_of_columns_by_key(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut notes = five(db).await?;
    let listener = Listener::start();
    for round in 1_u32..=2 {
        for set in 1_u32..16 {
            let value = 100 * round + set;
            let row = &mut notes[(set % 5) as usize];
            // Not in the order of the table.
            let mut assignments = Vec::new();
            let mut names = Vec::new();
            if set & 8 != 0 {
                row.rating = Some(value.try_into()?);
                assignments.push(Note::RATING.set(row.rating));
                names.push("rating");
            }
            if set & 4 != 0 {
                row.balance = value.into();
                assignments.push(Note::BALANCE.set(row.balance));
                names.push("balance");
            }
            if set & 2 != 0 {
                row.views = value;
                assignments.push(Note::VIEWS.set(row.views));
                names.push("views");
            }
            if set & 1 != 0 {
                row.title = format!("title {value}");
                assignments.push(Note::TITLE.set(&row.title));
                names.push("title");
            }
            check_eq!(Note::find().filter(Note::ID.eq(row.id)).update(db, assignments).await?, 1);
            let sql = listener.sql();
            let names = names.iter().filter(|name| sql[0].contains(&format!(r#""{name}" = ?"#))).count();
            check_eq!((sql.len(), names), (1, set.count_ones() as usize));
        }
    }
    let mut found = Note::find().order_by(Note::ID).all(db).await?;
    for (found, note) in found.iter_mut().zip(&notes) {
        check_matches!(found.updated_at, later if later > note.updated_at);
        found.updated_at = note.updated_at;
    }
    check_eq!(found, notes);
    check_eq!(Note::find().filter(Note::ID.eq(99)).update(db, Note::VIEWS.set(1_u32)).await?, 0);
    let twice = vec![Note::VIEWS.set(1_u32), Note::VIEWS.set(2_u32)];
    check_matches!(Note::find().filter(Note::ID.eq(1)).update(db, twice).await, Err(Error::Unsupported(_)));
    // Neither another condition beside the key nor a limit is lost.
    let with_other = Note::find().filter(Note::ID.eq(1)).filter(Note::VIEWS.eq(9_999_u32));
    check_eq!(with_other.update(db, Note::VIEWS.set(1_u32)).await?, 0);
    check_eq!(Note::find().filter(Note::ID.eq(1)).limit(0).update(db, Note::VIEWS.set(1_u32)).await?, 0);
    check_eq!(Note::find().filter(Note::ID.eq(1)).limit(0).destroy(db).await?, 0);
    check_eq!(Note::find().filter(Note::ID.eq(1)).destroy(db).await?, 1);
    check_eq!(Note::find().filter(Note::ID.eq(1)).destroy(db).await?, 0);
    check_eq!(Note::find().count(db).await?, 4);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Label {
    #[model(primary_key)]
    name: String,
    #[model(default = 0)]
    uses: u32,
}

async fn keys_of_text(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Label::sync(db).await?;
    Label::bulk_create(db, ["a", "b"].map(|name| Label::build().name(name))).await?;
    let a = || Label::find().filter(Label::NAME.eq("a"));
    check_eq!(a().update(db, Label::USES.set(3_u32)).await?, 1);
    check_eq!(a().update(db, (Label::NAME.set("c"), Label::USES.set(4_u32))).await?, 1);
    check_eq!((a().update(db, Label::USES.set(5_u32)).await?, a().destroy(db).await?), (0, 0));
    check_eq!(Label::find().filter(Label::NAME.eq("b")).destroy(db).await?, 1);
    check_eq!(Label::find().all(db).await?, [Label { name: "c".into(), uses: 4 }]);
    // Not cut at the NUL, which would make it "c".
    let longer = || Label::find().filter(Label::NAME.eq("c\0d"));
    check_eq!((longer().update(db, Label::USES.set(5_u32)).await?, longer().destroy(db).await?), (0, 0));
    check_eq!(Label::find().count(db).await?, 1);
    Ok(())
}

async fn a_record_keeps_what_was_not_assigned(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut note = five(db).await?.remove(1);
    let mut other = note.clone();
    other.update(db, Note::TITLE.set("elsewhere")).await?;
    note.rating = Some(9);
    note.update(db, Note::VIEWS.set(11_u32)).await?;
    check_eq!((&*note.title, note.views, note.rating), ("b", 11, Some(9)));
    let row = Note::find_by_id(db, 2).await?.ok_or("gone")?;
    check_eq!((&*row.title, row.views, row.rating), ("elsewhere", 11, None));
    // A refused update changes neither.
    let before = note.clone();
    check_matches!(
        note.update(db, (Note::TITLE.set("t"), Note::VIEWS.decrement(99_u32))).await,
        Err(Error::OutOfRange(_))
    );
    check_eq!(note, before);
    note.reload(db).await?;
    check_eq!(note, row);
    Ok(())
}

async fn saving_writes_every_column(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut note = five(db).await?.remove(2);
    Note::find().filter(Note::ID.eq(3)).update(db, (Note::RATING.set(1), Note::VIEWS.set(77_u32))).await?;
    note.title = "saved".into();
    let listener = Listener::start();
    note.save(db).await?;
    check_eq!(
        listener.sql(),
        [
            r#"UPDATE "notes" SET "title" = ?, "views" = ?, "balance" = ?, "rating" = ?, "created_at" = ?, "updated_at" = ? WHERE "id" = ?"#
        ]
    );
    check_eq!((note.views, note.rating), (20, None));
    check_eq!(Note::find_by_id(db, 3).await?.as_ref(), Some(&note));
    // Nothing changed any more, and the row is found all the same.
    note.save(db).await?;
    check_eq!(Note::find().filter(Note::TITLE.eq("saved")).count(db).await?, 1);
    Ok(())
}

async fn a_key_is_set_but_not_reckoned(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut note = five(db).await?.remove(4);
    note.update(db, Note::ID.set(50_u64)).await?;
    check_eq!(note.id, 50);
    check_eq!(Note::find_by_id(db, 50).await?.as_ref(), Some(&note));
    check_eq!(Note::find_by_id(db, 5).await?, None);
    check_matches!(note.update(db, Note::ID.increment(1_u64)).await, Err(Error::Unsupported(_)));
    note.update(db, (Note::ID.set(60_u64), Note::VIEWS.increment(2_u32))).await?;
    check_eq!((note.id, note.views), (60, 42));
    check_eq!(Note::find_by_id(db, 60).await?.as_ref(), Some(&note));
    Ok(())
}

async fn nulls_are_set_and_counted_with(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut note = five(db).await?.remove(0);
    // NULL and one more is NULL.
    note.update(db, Note::RATING.increment(1)).await?;
    check_eq!(note.rating, None);
    note.update(db, Note::RATING.set(Some(4))).await?;
    note.update(db, Note::RATING.increment(1)).await?;
    check_eq!(note.rating, Some(5));
    note.update(db, Note::RATING.set_null()).await?;
    check_eq!(Note::find_by_id(db, note.id).await?.map(|note| note.rating), Some(None));
    check_eq!(Note::find().filter(Note::RATING.is_null()).update(db, Note::RATING.set(1)).await?, 5);
    Ok(())
}
