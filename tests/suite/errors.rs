//! What the databases refuse, in types that say model, table, columns and constraint, and alike on all of them.

use orm_core::error::Violation;
use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![
    unique_columns,
    unique_columns_together,
    the_primary_key_is_unique,
    values_that_do_not_fit,
    rules_in_raw_sql,
    connecting,
    no_message_shows_a_value,
    errors_are_small,
];

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum Kind {
    Small,
    Large,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(shop, number))]
struct Order {
    id: u64,
    #[model(unique, size = 20)]
    code: String,
    #[model(size = 10)]
    shop: String,
    number: u32,
    #[model(default = 1)]
    weight: i8,
    #[model(default = Kind::Small)]
    kind: Kind,
    #[model(default = false)]
    paid: bool,
}

/// The same table, seen by somebody who keeps to none of its rules.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orders")]
struct Loose {
    id: i64,
    code: Option<String>,
    #[model(text)]
    shop: String,
    number: i64,
    #[model(default = 1)]
    weight: i64,
    #[model(default = "small")]
    kind: String,
    #[model(default = 0)]
    paid: i64,
}

fn loose(code: &str) -> Loose {
    let (kind, shop) = ("small".to_owned(), "s".to_owned());
    Loose { id: 1, code: Some(code.to_owned()), shop, number: 1, weight: 1, kind, paid: 0 }
}

/// Model, table, columns, constraint.
type Parts<'v> = (Option<&'static str>, Option<&'v str>, Vec<&'v str>, Option<&'v str>);

fn parts(rule: &Violation) -> Parts<'_> {
    let columns = rule.columns.iter().map(|column| &**column).collect();
    (rule.model, rule.table.as_deref(), columns, rule.constraint.as_deref())
}

fn place(rule: &Violation) -> (Option<&'static str>, Option<&str>, Vec<&str>) {
    let (model, table, columns, _) = parts(rule);
    (model, table, columns)
}

/// The rule that was broken, where the error is of this variant.
macro_rules! broken {
    ($variant:ident, $outcome:expr) => {
        match $outcome {
            Err(Error::$variant(rule)) => *rule,
            other => {
                let text = stringify!($outcome);
                let variant = stringify!($variant);
                return Err(format!("{}:{}: {text} is {other:?}, not {variant}", file!(), line!()).into());
            }
        }
    };
}

async fn two(db: &Db) -> Result<Order, Error> {
    Order::sync(db).await?;
    Order::build().code("b").shop("s").number(2_u32).save(db).await?;
    Order::build().code("a").shop("s").number(1_u32).save(db).await
}

async fn unique_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut order = two(db).await?;
    let same = || Order::build().code("a").shop("t").number(1_u32);
    let wanted = (Some("Order"), Some("orders"), vec!["code"], Some("orders_code_idx"));
    check_eq!(parts(&broken!(UniqueViolation, same().save(db).await)), wanted);
    check_eq!(parts(&broken!(UniqueViolation, Order::bulk_create(db, [same()]).await)), wanted);
    check_eq!(parts(&broken!(UniqueViolation, order.update(db, Order::CODE.set("b")).await)), wanted);
    order.code = "b".into();
    check_eq!(parts(&broken!(UniqueViolation, order.save(db).await)), wanted);
    let all = Order::find().everything().update(db, Order::CODE.set("c")).await;
    check_eq!(parts(&broken!(UniqueViolation, all)), wanted);
    let code = broken!(UniqueViolation, same().save(db).await).code;
    check_eq!(code, if fixture.is_sqlite() { 2067 } else { 1062 });
    check_eq!(Order::find().order_by(Order::ID).select(Order::CODE).all(db).await?, ["b", "a"]);
    Ok(())
}

async fn unique_columns_together(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let wanted = (Some("Order"), Some("orders"), vec!["shop", "number"], Some("orders_shop_number_idx"));
    let same = Order::build().code("c").shop("s").number(2_u32).save(db).await;
    check_eq!(parts(&broken!(UniqueViolation, same)), wanted);
    Order::build().code("c").shop("s").number(3_u32).save(db).await?;
    Order::build().code("d").shop("t").number(2_u32).save(db).await?;
    // A model that does not know the index claims no half of it; SQLite says the columns by itself.
    let mut same = loose("e");
    let rule = broken!(UniqueViolation, same.save(db).await);
    check!(rule.columns.is_empty() || rule.columns == ["shop", "number"]);
    check_eq!(rule.columns.is_empty(), !fixture.is_sqlite());
    Ok(())
}

async fn the_primary_key_is_unique(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let order = two(db).await?;
    let wanted = (Some("Order"), Some("orders"), vec!["id"], Some("PRIMARY"));
    let same = Order::build().id(order.id).code("c").shop("t").number(1_u32).save(db).await;
    check_eq!(parts(&broken!(UniqueViolation, same)), wanted);
    Ok(())
}

async fn values_that_do_not_fit(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let order = two(db).await?;
    let long = Order::build().code("c").shop("eleven long").number(1_u32).save(db).await;
    check_eq!(place(&broken!(ValueTooLong, long)), (Some("Order"), Some("orders"), vec!["shop"]));
    // Characters count, not bytes.
    Order::build().code("c").shop("äöüßéèñ漢字\u{1F600}").number(1_u32).save(db).await?;
    let long = Order::find().filter(Order::ID.eq(order.id)).update(db, Order::SHOP.set("eleven long")).await;
    check_eq!(place(&broken!(ValueTooLong, long)), (Some("Order"), Some("orders"), vec!["shop"]));

    let id = i64::try_from(order.id)?;
    let at = |column: &'static str| (Some("Loose"), Some("orders"), vec![column]);
    let set = async |change: orm_core::model::Assignment<Loose>| {
        Loose::find().filter(Loose::ID.eq(id)).update(db, change).await
    };
    for (name, change) in [
        ("weight", Loose::WEIGHT.set(1_000)),
        ("number", Loose::NUMBER.set(-1)),
        ("weight", Loose::WEIGHT.set(-129)),
    ] {
        let rule = broken!(OutOfRange, set(change).await);
        check_eq!(place(&rule), at(name));
    }
    for unknown in ["medium", "Small", "small ", ""] {
        let rule = broken!(CheckViolation, set(Loose::KIND.set(unknown)).await);
        check_eq!(place(&rule), at("kind"));
        check!(rule.constraint.is_some_and(|name| name.contains("kind")));
    }
    let rule = broken!(NotNullViolation, set(Loose::CODE.set_null()).await);
    check_eq!(place(&rule), at("code"));
    let mut nothing = loose("z");
    nothing.code = None;
    let rule = broken!(NotNullViolation, nothing.save(db).await);
    check_eq!((parts(&rule).0, parts(&rule).2), (Some("Loose"), vec!["code"]));

    // The servers keep a TINYINT there; it is no bool, and reading it says so.
    if fixture.is_sqlite() {
        let rule = broken!(CheckViolation, set(Loose::PAID.set(7)).await);
        check_eq!(parts(&rule).2, ["paid"]);
    } else {
        check_eq!(set(Loose::PAID.set(7)).await?, 1);
        check_matches!(&Order::find_by_id(db, order.id).await, Err(Error::Decode(wrong)) if wrong.table == "orders" && wrong.column == "paid");
        check_matches!(Order::find().filter(Order::ID.ne(order.id)).count(db).await, Ok(2));
    }
    Ok(())
}

async fn rules_in_raw_sql(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let insert = "INSERT INTO orders (code, shop, number, weight, kind, paid) VALUES (?, ?, ?, ?, ?, ?)";
    let rule = broken!(UniqueViolation, db.execute(insert, ("a", "t", 1, 1, "small", 0)).await);
    check!(rule.constraint.as_deref() == Some("orders_code_idx") && rule.model.is_none());
    let rule = broken!(NotNullViolation, db.execute(insert, (None::<String>, "t", 1, 1, "small", 0)).await);
    check_eq!(rule.columns, ["code"]);
    let rule = broken!(CheckViolation, db.execute(insert, ("c", "t", 1, 1, "tiny", 0)).await);
    check!(rule.constraint.is_some_and(|name| name.contains("kind")));
    broken!(ValueTooLong, db.execute(insert, ("c", "eleven long", 1, 1, "small", 0)).await);
    broken!(OutOfRange, db.execute(insert, ("c", "t", 1, 300, "small", 0)).await);
    let refused = db.execute("SELEKT 1", ()).await;
    check_matches!(&refused, Err(Error::Database(error)) if error.sql == "SELEKT 1" && error.code > 0);
    check_matches!(db.execute("INSERT INTO nowhere VALUES (1)", ()).await, Err(Error::Database(_)));
    check_eq!(Order::find().count(db).await?, 2);
    Ok(())
}

async fn connecting(fixture: &Fixture) -> Outcome {
    // A file is opened, not connected to.
    let (db, Some(base)) = (&fixture.db, fixture.server().url()) else { return Ok(()) };
    let mut url = url::Url::parse(base)?;
    url.set_path("no_such_database");
    check_matches!(Db::connect(url.as_str()).await, Err(Error::UnknownDatabase(name)) if &*name == "no_such_database");
    // A user of this test's own: for one that does not exist MySQL makes up a way to log in, to give nothing away.
    let mut url = url::Url::parse(fixture.url())?;
    let user = url.path().trim_start_matches('/').to_owned();
    db.execute(TrustedSql(format!("CREATE USER {user} IDENTIFIED BY 'right'")), ()).await?;
    url.set_username(&user).map_err(|()| "no user")?;
    url.set_password(Some("s3cret")).map_err(|()| "no password")?;
    let denied = Db::connect(url.as_str()).await;
    url.set_password(Some("right")).map_err(|()| "no password")?;
    let forbidden = Db::connect(url.as_str()).await;
    db.execute(TrustedSql(format!("DROP USER {user}")), ()).await?;
    for refused in [&denied, &forbidden] {
        check_matches!(refused, Err(Error::AccessDenied { user: refused }) if **refused == *user);
    }
    url.set_password(Some("s3cret")).map_err(|()| "no password")?;
    url.set_port(Some(1)).map_err(|()| "no port")?;
    let refused = Db::connect(url.as_str()).await;
    check_matches!(&refused, Err(Error::ConnectionRefused(_)));
    for refused in [denied, refused] {
        check!(refused.is_err_and(|error| !format!("{error} {error:?}").contains("s3cret")));
    }
    Ok(())
}

async fn no_message_shows_a_value(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    two(db).await?;
    let secret = "zzz_secret";
    Order::build().code(secret).shop("x").number(9_u32).save(db).await?;
    let long = "zzz_secret_that_is_too_long_for_its_column";
    let insert = "INSERT INTO orders (code, shop, number, weight, kind, paid) VALUES (?, ?, ?, ?, ?, ?)";
    let refused = [
        Order::build().code(secret).shop("t").number(9_u32).save(db).await.map(drop),
        Order::build().code(long).shop("t").number(9_u32).save(db).await.map(drop),
        Loose::find().everything().update(db, Loose::KIND.set(secret)).await.map(drop),
        db.execute(insert, (secret, "t", 1, 1, "small", 0)).await.map(drop),
        db.execute(insert, ("d", "t", secret, 1, "small", 0)).await.map(drop),
        db.execute(insert, ("d", "t", 1, 1, secret, 0)).await.map(drop),
        db.execute("INSERT INTO nowhere VALUES (?)", (secret,)).await.map(drop),
        db.query_as::<u64>("SELECT ? AS text", (secret,)).await.map(drop),
        db.query_as::<(u64, u64)>("SELECT ? AS text", (secret,)).await.map(drop),
        db.query_as::<Order>("SELECT ? AS text", (secret,)).await.map(drop),
        db.execute("SELECT ?, ?", (secret,)).await.map(drop),
    ];
    for (n, refused) in refused.into_iter().enumerate() {
        let Err(error) = refused else { return Err(format!("statement {n} was not refused").into()) };
        let text = format!("{error} {error:?}");
        check!(!text.contains(secret), "statement {n} says {text}");
    }
    Ok(())
}

async fn errors_are_small(_: &Fixture) -> Outcome {
    check!(size_of::<Error>() <= 32);
    Ok(())
}
