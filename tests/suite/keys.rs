//! Keys that are no numbers, keys of several columns, and column types of the application's own.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![texts_are_keys, uuids_are_keys, keys_of_two_columns, types_of_the_application];

#[derive(Model, Debug, Clone, PartialEq)]
struct Country {
    #[model(primary_key, size = 60)]
    code: String,
    name: String,
}

async fn texts_are_keys(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Country::sync(db).await?;
    let de = Country::build().code("de").name("Germany").save(db).await?;
    check_eq!(de.code, "de");
    // Keys compare bytes: capitals and blanks make another one.
    let others = ["DE", "de ", "dé", "", "'; --", "\u{1F600}"];
    for other in others {
        Country::build().code(other).name("other").save(db).await?;
    }
    check_matches!(Country::build().code("de").name("again").save(db).await, Err(Error::UniqueViolation(_)));
    for code in others {
        check_eq!(Country::find_by_id(db, code).await?.map(|row| row.code), Some(code.to_owned()));
        check_eq!(Country::find().filter(Country::CODE.eq(code)).count(db).await?, 1);
    }
    check_eq!(Country::find_by_id(db, "De").await?, None);
    check_eq!(Country::find_by_id(db, String::from("de")).await?.as_ref(), Some(&de));
    check_eq!(Country::find_by_id(db, &de.code).await?.as_ref(), Some(&de));
    let mut de = de;
    de.update(db, Country::NAME.set("Deutschland")).await?;
    check_eq!(
        Country::find().filter(Country::NAME.eq("Deutschland")).select(Country::CODE).all(db).await?,
        ["de"]
    );
    de.destroy(db).await?;
    check_eq!(Country::find().count(db).await?, 6);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Session {
    id: Uuid,
    user: i64,
    parent: Option<Uuid>,
}

async fn uuids_are_keys(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Session::sync(db).await?;
    let ids = [Uuid::nil(), Uuid::max(), Uuid::from_u128(0x1234_5678_9abc_def0_1122_3344_5566_7788)];
    let rows = Session::bulk_create(
        db,
        ids.iter().zip(0..).map(|(id, user)| Session::build().id(*id).user(user).parent(Some(ids[0]))),
    )
    .await?;
    for row in &rows {
        check_eq!(Session::find_by_id(db, row.id).await?.as_ref(), Some(row));
        check_eq!(
            Session::find().filter(Session::ID.eq(row.id)).select(Session::USER).all(db).await?,
            [row.user]
        );
    }
    check_eq!(Session::find().filter(Session::ID.is_in([ids[1], ids[2]])).count(db).await?, 2);
    check_eq!(Session::find().filter(Session::PARENT.eq(ids[0])).count(db).await?, 3);
    check_eq!(Session::find().filter(Session::ID.gt(ids[2])).select(Session::ID).all(db).await?, [ids[1]]);
    check_eq!(Session::find().order_by(Session::ID).select(Session::USER).all(db).await?, [0, 2, 1]);
    check_matches!(Session::build().id(ids[1]).user(9).save(db).await, Err(Error::UniqueViolation(_)));
    rows[0].destroy(db).await?;
    check_eq!(Session::find_by_id(db, ids[0]).await?, None);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Membership {
    #[model(primary_key)]
    user_id: u64,
    #[model(primary_key, size = 20)]
    club: String,
    #[model(default = 0)]
    fee: i32,
}

async fn keys_of_two_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Membership::sync(db).await?;
    let pairs = [(1_u64, "chess"), (1, "golf"), (2, "chess")];
    Membership::bulk_create(db, pairs.map(|(user, club)| Membership::build().user_id(user).club(club)))
        .await?;
    let mut row = Membership::find_by_id(db, (1, "golf")).await?.ok_or("gone")?;
    check_eq!((row.user_id, &*row.club), (1, "golf"));
    check_eq!(Membership::find_by_id(db, (2, "golf")).await?, None);
    check_eq!(Membership::find_by_id(db, (1, "GOLF")).await?, None);
    row.update(db, Membership::FEE.set(5)).await?;
    check_eq!(Membership::find().sum(db, Membership::FEE).await?, Some(5));
    let again = Membership::build().user_id(2_u64).club("chess").save(db).await;
    check_matches!(&again, Err(Error::UniqueViolation(rule)) if rule.columns == ["user_id", "club"] && rule.model == Some("Membership"));
    row.destroy(db).await?;
    check_eq!(
        Membership::find()
            .order_by((Membership::USER_ID, Membership::CLUB))
            .select((Membership::USER_ID, Membership::CLUB))
            .all(db)
            .await?,
        [(1, "chess".to_owned()), (2, "chess".to_owned())]
    );
    check!(
        Membership::find()
            .filter(Membership::USER_ID.eq(2))
            .filter(Membership::CLUB.eq("chess"))
            .one(db)
            .await?
            .is_some()
    );
    Ok(())
}

#[derive(Newtype, Debug, Clone, Copy, PartialEq)]
struct Euro(i64);

#[derive(Newtype, Debug, Clone, PartialEq)]
struct Mail(String);

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
#[db_enum(rename_all = "snake_case")]
enum State {
    Open,
    InWork,
    #[db_enum(rename = "it's done")]
    Done,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Bill {
    id: u64,
    total: Euro,
    mail: Mail,
    #[model(default = State::Open)]
    state: State,
    last: Option<State>,
    discount: Option<Euro>,
}

async fn types_of_the_application(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Bill::sync(db).await?;
    let rows = Bill::bulk_create(
        db,
        [
            Bill::build().total(Euro(5)).mail(Mail("a@x".into())),
            Bill::build()
                .total(Euro(-7))
                .mail(Mail("b@x".into()))
                .state(State::InWork)
                .last(State::Open)
                .discount(Euro(1)),
            Bill::build().total(Euro(9)).mail(Mail("a@y".into())).state(State::Done).last(Some(State::Done)),
        ],
    )
    .await?;
    check_eq!(Bill::find().order_by(Bill::ID).all(db).await?, rows);
    let ids = async |condition: Expr<Bill>| {
        Bill::find().filter(condition).order_by(Bill::ID).select(Bill::ID).all(db).await
    };
    check_eq!(ids(Bill::TOTAL.gt(Euro(0))).await?, [1, 3]);
    check_eq!(ids(Bill::TOTAL.between(Euro(-10), Euro(5))).await?, [1, 2]);
    check_eq!(ids(Bill::MAIL.starts_with("a@")).await?, [1, 3]);
    check_eq!(ids(Bill::MAIL.eq(Mail("b@x".into()))).await?, [2]);
    check_eq!(ids(Bill::STATE.eq(State::InWork)).await?, [2]);
    check_eq!(ids(Bill::STATE.is_in([State::Open, State::Done])).await?, [1, 3]);
    check_eq!(ids(Bill::LAST.ne(State::Done)).await?, [2]);
    check_eq!(ids(Bill::LAST.is_distinct_from(State::Done)).await?, [1, 2]);
    check_eq!(ids(Bill::DISCOUNT.is_null()).await?, [1, 3]);
    check_eq!(Bill::find().max(db, Bill::TOTAL).await?, Some(Euro(9)));
    check_eq!(Bill::find().sum(db, Bill::TOTAL).await?, Some(7));
    check_eq!(
        Bill::find()
            .filter(Bill::ID.eq(1))
            .update(db, (Bill::STATE.set(State::Done), Bill::TOTAL.increment(Euro(2))))
            .await?,
        1
    );
    check_eq!(
        Bill::find_by_id(db, 1).await?.map(|bill| (bill.state, bill.total)),
        Some((State::Done, Euro(7)))
    );
    check_eq!(
        db.query_as::<String>("SELECT state FROM bills ORDER BY id", ()).await?,
        ["it's done", "in_work", "it's done"]
    );
    Ok(())
}
