//! Which rows a condition finds: the operators, their combinations, and NULL.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![
    comparisons,
    lists_and_ranges,
    nulls_are_left_out_unless_asked_for,
    none_stands_for_null,
    columns_compare_with_columns,
    conditions_combine,
    gathered_conditions,
    filters_add_up,
    many_terms_and_deep_ones,
    regexp_where_there_is_one,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Item {
    id: u64,
    name: String,
    size: i32,
    weight: Option<i32>,
    nick: Option<String>,
    alias: Option<String>,
}

/// Fails where a condition finds other rows than these.
macro_rules! finds {
    ($db:expr, $($condition:expr => [$($id:expr),*];)+) => {$({
        let found = Item::find().filter($condition).order_by(Item::ID).select(Item::ID).all($db).await?;
        let wanted: Vec<u64> = vec![$($id),*];
        if found != wanted {
            let text = stringify!($condition);
            return Err(format!("{}:{}: {text} finds {found:?}, not {wanted:?}", file!(), line!()).into());
        }
    })+};
}

async fn five(db: &Db) -> Result<(), Error> {
    Item::sync(db).await?;
    let rows = [
        ("Ada", 10, Some(1), Some("x"), Some("x")),
        ("Bob", 20, None, Some("y"), Some("x")),
        ("Cid", 30, Some(3), None, None),
        ("Dan", -5, None, None, Some("z")),
        ("Eve", 20, Some(-1), Some(""), Some("")),
    ];
    Item::bulk_create(
        db,
        rows.map(|(name, size, weight, nick, alias)| {
            Item::build().name(name).size(size).weight(weight).nick(nick).alias(alias)
        }),
    )
    .await?;
    Ok(())
}

async fn comparisons(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    let dan = String::from("Dan");
    finds!(db,
        Item::SIZE.eq(20) => [2, 5];
        Item::SIZE.eq(21) => [];
        Item::SIZE.ne(20) => [1, 3, 4];
        Item::SIZE.gt(10) => [2, 3, 5];
        Item::SIZE.ge(10) => [1, 2, 3, 5];
        Item::SIZE.lt(20) => [1, 4];
        Item::SIZE.le(20) => [1, 2, 4, 5];
        Item::SIZE.lt(-5) => [];
        Item::SIZE.eq(i32::MIN) => [];
        Item::NAME.eq("Bob") => [2];
        Item::NAME.eq("Bob ") => [];
        Item::NAME.eq(&dan) => [4];
        Item::NAME.eq(dan.clone()) => [4];
        Item::NAME.gt("Cid") => [4, 5];
        Item::WEIGHT.eq(3) => [3];
        Item::WEIGHT.lt(2) => [1, 5];
        Item::NICK.eq("") => [5];
        Item::NICK.ge("x") => [1, 2];
        Item::ID.eq(3_u64) => [3];
    );
    Ok(())
}

async fn lists_and_ranges(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    finds!(db,
        Item::SIZE.is_in([10, 30, 99]) => [1, 3];
        Item::SIZE.not_in([10, 30, 99]) => [2, 4, 5];
        Item::SIZE.is_in([20]) => [2, 5];
        Item::SIZE.is_in(Vec::<i32>::new()) => [];
        Item::SIZE.not_in(Vec::<i32>::new()) => [1, 2, 3, 4, 5];
        !Item::SIZE.is_in(Vec::<i32>::new()) => [1, 2, 3, 4, 5];
        Item::NAME.is_in(["Ada", "Eve"]) => [1, 5];
        Item::NAME.is_in(vec![String::from("Cid")]) => [3];
        Item::WEIGHT.is_in([1, -1]) => [1, 5];
        Item::SIZE.between(10, 20) => [1, 2, 5];
        Item::SIZE.between(20, 10) => [];
        Item::SIZE.not_between(10, 20) => [3, 4];
        Item::NAME.between("Bob", "Dan") => [2, 3, 4];
        Item::WEIGHT.between(-1, 1) => [1, 5];
        !Item::SIZE.between(10, 20) => [3, 4];
    );
    Ok(())
}

async fn nulls_are_left_out_unless_asked_for(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    finds!(db,
        Item::WEIGHT.ne(1) => [3, 5];
        !Item::WEIGHT.eq(1) => [3, 5];
        Item::WEIGHT.not_in([1]) => [3, 5];
        Item::WEIGHT.not_in(Vec::<i32>::new()) => [1, 2, 3, 4, 5];
        Item::WEIGHT.not_between(1, 3) => [5];
        Item::NICK.not_like("x%") => [2, 5];
        !Item::NICK.starts_with("x") => [2, 5];
        Item::WEIGHT.is_null() => [2, 4];
        Item::WEIGHT.is_not_null() => [1, 3, 5];
        !Item::WEIGHT.is_null() => [1, 3, 5];
        Item::WEIGHT.is_distinct_from(1) => [2, 3, 4, 5];
        Item::WEIGHT.is_not_distinct_from(1) => [1];
        !Item::WEIGHT.is_distinct_from(1) => [1];
        Item::WEIGHT.eq(1) | Item::WEIGHT.is_null() => [1, 2, 4];
        Item::WEIGHT.eq(1) | !Item::WEIGHT.eq(1) => [1, 3, 5];
        Item::NAME.is_null() => [];
        Item::NAME.is_not_null() => [1, 2, 3, 4, 5];
    );
    Ok(())
}

async fn none_stands_for_null(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    finds!(db,
        Item::WEIGHT.eq(None::<i32>) => [2, 4];
        Item::WEIGHT.eq(Some(3)) => [3];
        Item::WEIGHT.ne(None::<i32>) => [1, 3, 5];
        Item::NICK.eq(None::<&str>) => [3, 4];
        Item::NICK.eq(Some("y")) => [2];
        Item::WEIGHT.is_distinct_from(None::<i32>) => [1, 3, 5];
        Item::WEIGHT.is_not_distinct_from(None::<i32>) => [2, 4];
        Item::WEIGHT.is_in([Some(1), None]) => [1, 2, 4];
        Item::WEIGHT.is_in([None::<i32>]) => [2, 4];
        Item::WEIGHT.not_in([Some(1), None]) => [3, 5];
        Item::WEIGHT.not_in([None::<i32>]) => [1, 3, 5];
        !Item::WEIGHT.is_in([Some(1), None]) => [3, 5];
        Item::WEIGHT.gt(None::<i32>) => [];
    );
    Ok(())
}

async fn columns_compare_with_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    finds!(db,
        Item::NICK.eq_column(Item::ALIAS) => [1, 5];
        !Item::NICK.eq_column(Item::ALIAS) => [2];
        Item::SIZE.eq_column(Item::SIZE) => [1, 2, 3, 4, 5];
    );
    Ok(())
}

async fn conditions_combine(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    let (small, light) = (|| Item::SIZE.lt(20), || Item::WEIGHT.le(1));
    finds!(db,
        small() & light() => [1];
        small() | light() => [1, 4, 5];
        !small() => [2, 3, 5];
        !(small() | Item::NAME.eq("Cid")) => [2, 5];
        !(small() & Item::NAME.eq("Ada")) => [2, 3, 4, 5];
        !!small() => [1, 4];
        // `&` binds before `|`, as in Rust.
        Item::ID.eq(1) | Item::ID.eq(2) & Item::SIZE.eq(0) => [1];
        (Item::ID.eq(1) | Item::ID.eq(2)) & Item::SIZE.eq(0) => [];
        Item::ID.gt(3) & (Item::NAME.starts_with("D") | !Item::ID.eq(5)) => [4];
        Item::ID.eq(1) & Item::SIZE.eq(10) & Item::NAME.eq("Ada") & Item::WEIGHT.eq(1) => [1];
        (Item::ID.eq(1) | Item::ID.eq(2)) & (Item::ID.eq(2) | Item::ID.eq(3)) => [2];
        (Item::ID.eq(1) & Item::SIZE.eq(10)) | (Item::ID.eq(2) & Item::SIZE.eq(20)) => [1, 2];
    );
    Ok(())
}

async fn gathered_conditions(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    finds!(db,
        Expr::all([Item::SIZE.eq(20), Item::WEIGHT.is_null()]) => [2];
        Expr::any([Item::SIZE.eq(30), Item::WEIGHT.is_null()]) => [2, 3, 4];
        Expr::all(Vec::new()) => [1, 2, 3, 4, 5];
        Expr::any(Vec::new()) => [];
        !Expr::all(Vec::<Expr<Item>>::new()) => [];
        !Expr::any(Vec::<Expr<Item>>::new()) => [1, 2, 3, 4, 5];
        Expr::all([Expr::any([Item::ID.eq(1), Item::ID.eq(2)]), Expr::any([Item::ID.eq(2)])]) => [2];
        Expr::any([Expr::all(Vec::new()), Item::ID.eq(2)]) => [1, 2, 3, 4, 5];
        Expr::all([Expr::any(Vec::new()), Item::ID.eq(2)]) => [];
        Item::ID.eq(2) & Expr::all(Vec::new()) => [2];
        Item::ID.eq(2) | Expr::any(Vec::new()) => [2];
    );
    Ok(())
}

async fn filters_add_up(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    let both = Item::find().filter(Item::SIZE.eq(20)).filter(Item::WEIGHT.is_null());
    check_eq!(both.select(Item::ID).all(db).await?, [2]);
    let either = Item::find().filter(Item::ID.eq(1) | Item::ID.eq(2)).filter(Item::ID.eq(2) | Item::ID.eq(3));
    check_eq!(either.select(Item::ID).all(db).await?, [2]);
    let some = |size: Option<i32>| Item::find().filter_some(size.map(|size| Item::SIZE.eq(size)));
    check_eq!(some(Some(30)).count(db).await?, 1);
    check_eq!(some(None).count(db).await?, 5);
    Ok(())
}

async fn many_terms_and_deep_ones(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    let far = |n: i32| Item::SIZE.eq(1_000 + n);
    let wide = (0..3_000).map(far).fold(Item::ID.eq(3), |all, term| all | term);
    finds!(db, wide => [3];);
    finds!(db, Expr::any((0..3_000).map(far)) | Item::ID.eq(4) => [4];);
    finds!(db, !Expr::any((0..3_000).map(far)) => [1, 2, 3, 4, 5];);
    finds!(db, Expr::all((0..3_000).map(|n| Item::SIZE.ne(1_000 + n))) & Item::ID.eq(1) => [1];);
    let deep = (0..50).fold(Item::ID.eq(3), |inner, n| !(inner & Item::ID.ne(100 + n)));
    finds!(db, deep => [3];);
    Ok(())
}

async fn regexp_where_there_is_one(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    five(db).await?;
    // SQLite comes without regular expressions; a function in Rust would be another dialect of them.
    if fixture.is_sqlite() {
        let refused = Item::find().filter(Item::NAME.regexp("^A")).all(db).await;
        check_matches!(&refused, Err(Error::Unsupported(text)) if text.contains("regular expressions") && text.contains("sqlite"));
        return Ok(());
    }
    finds!(db,
        Item::NAME.regexp("^[AB]") => [1, 2];
        Item::NAME.regexp("d$") => [3];
        !Item::NAME.regexp("^[AB]") => [3, 4, 5];
    );
    let broken = Item::find().filter(Item::NAME.regexp("secret(")).all(db).await;
    check_matches!(&broken, Err(Error::Database(_)));
    check!(!broken.err().ok_or("no error")?.to_string().contains("secret"));
    Ok(())
}
