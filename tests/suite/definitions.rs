//! What the attributes of a model come to in the real schema, and names that need care.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check_eq, check_matches};

cases![
    columns_as_the_server_sees_them,
    columns_as_sqlite_sees_them,
    reserved_words_and_odd_names,
    long_names,
    columns_in_camel_case
];

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum Level {
    Low,
    High,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Shape {
    id: u64,
    tiny: i8,
    plain: String,
    #[model(size = 40)]
    short: Option<String>,
    #[model(case_sensitive)]
    exact: String,
    #[model(text)]
    long: String,
    #[model(precision = (10, 2))]
    price: Decimal,
    amount: Decimal,
    #[model(precision = 3)]
    at: NaiveDateTime,
    day: NaiveDate,
    #[model(default = -5)]
    level: i32,
    #[model(default = "it's")]
    state: String,
    #[model(default = true)]
    open: bool,
    #[model(default = 1.5)]
    ratio: f64,
    kind: Level,
    key: Uuid,
    #[model(size = 100)]
    blob: Vec<u8>,
    created_at: DateTime<Utc>,
}

async fn columns_as_the_server_sees_them(fixture: &Fixture) -> Outcome {
    if fixture.is_sqlite() {
        // It has no information_schema: the next case looks at its own.
        return Ok(());
    }
    let db = &fixture.db;
    Shape::sync(db).await?;
    type Seen = (String, String, String, Option<String>, Option<String>, String);
    let seen: Vec<Seen> = db
        .query_as(
            "SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, EXTRA \
             FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'shapes' ORDER BY ORDINAL_POSITION",
            (),
        )
        .await?;
    // MariaDB shows the width of integers, and quotes around texts.
    let plain = |kind: &str| {
        kind.replace("bigint(20)", "bigint").replace("int(11)", "int").replace("tinyint(4)", "tinyint")
    };
    let unquoted = |text: &str| text.trim_matches('\'').replace("''", "'").replace("\\'", "'");
    let lines: Vec<String> = seen
        .iter()
        .map(|(name, kind, null, default, collation, extra)| {
            let default = default.as_deref().filter(|text| *text != "NULL").map(unquoted).unwrap_or_default();
            let null = if null == "YES" { "NULL" } else { "NOT NULL" };
            let collation = match collation.as_deref() {
                None => "",
                Some(name) if name.ends_with("_bin") => "bytes",
                Some(name) if name.ends_with("_ai_ci") => "text",
                Some(other) => other,
            };
            format!("{name} {} {null} [{default}] {collation} {extra}", plain(kind)).trim_end().to_owned()
        })
        .collect();
    check_eq!(
        lines,
        [
            "id bigint unsigned NOT NULL []  auto_increment",
            "tiny tinyint NOT NULL []",
            "plain varchar(255) NOT NULL [] text",
            "short varchar(40) NULL [] text",
            "exact varchar(255) NOT NULL [] bytes",
            "long longtext NOT NULL [] text",
            "price decimal(10,2) NOT NULL []",
            "amount decimal(28,10) NOT NULL []",
            "at datetime(3) NOT NULL []",
            "day date NOT NULL []",
            "level int NOT NULL [-5]",
            "state varchar(255) NOT NULL [it's] text",
            "open tinyint(1) NOT NULL [1]",
            "ratio double NOT NULL [1.5]",
            "kind varchar(64) NOT NULL [] bytes",
            "key binary(16) NOT NULL []",
            "blob varbinary(100) NOT NULL []",
            "created_at datetime(6) NOT NULL []",
        ]
    );
    let collation: Vec<String> = db
        .query_as("SELECT TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'shapes'", ())
        .await?;
    let wanted =
        if db.dialect_name() == "mysql" { "utf8mb4_0900_ai_ci" } else { "utf8mb4_uca1400_nopad_ai_ci" };
    check_eq!(collation, [wanted]);
    Ok(())
}

async fn columns_as_sqlite_sees_them(fixture: &Fixture) -> Outcome {
    if !fixture.is_sqlite() {
        // The case before this one looks at the servers' schema.
        return Ok(());
    }
    let db = &fixture.db;
    Shape::sync(db).await?;
    let sql: Vec<String> = db.query_as("SELECT sql FROM sqlite_schema WHERE name = 'shapes'", ()).await?;
    let columns = [
        r#""id" INTEGER PRIMARY KEY AUTOINCREMENT"#,
        r#""tiny" INTEGER NOT NULL CONSTRAINT "shapes_tiny_range" CHECK ("tiny" BETWEEN -128 AND 127)"#,
        r#""plain" TEXT COLLATE NOCASE NOT NULL CONSTRAINT "shapes_plain_length" CHECK (length("plain") <= 255)"#,
        r#""short" TEXT COLLATE NOCASE CONSTRAINT "shapes_short_length" CHECK (length("short") <= 40)"#,
        r#""exact" TEXT NOT NULL CONSTRAINT "shapes_exact_length" CHECK (length("exact") <= 255)"#,
        r#""long" TEXT COLLATE NOCASE NOT NULL"#,
        r#""price" TEXT COLLATE orm_decimal NOT NULL"#,
        r#""amount" TEXT COLLATE orm_decimal NOT NULL"#,
        r#""at" TEXT NOT NULL"#,
        r#""day" TEXT NOT NULL"#,
        r#""level" INTEGER NOT NULL DEFAULT -5 CONSTRAINT "shapes_level_range" CHECK ("level" BETWEEN -2147483648 AND 2147483647)"#,
        r#""state" TEXT COLLATE NOCASE NOT NULL DEFAULT 'it''s' CONSTRAINT "shapes_state_length" CHECK (length("state") <= 255)"#,
        r#""open" INTEGER NOT NULL DEFAULT 1 CONSTRAINT "shapes_open_check" CHECK ("open" IN (0, 1))"#,
        r#""ratio" REAL NOT NULL DEFAULT 1.5"#,
        r#""kind" TEXT NOT NULL CONSTRAINT "shapes_kind_check" CHECK ("kind" IN ('low', 'high'))"#,
        r#""key" BLOB NOT NULL CONSTRAINT "shapes_key_check" CHECK (length("key") = 16)"#,
        r#""blob" BLOB NOT NULL CONSTRAINT "shapes_blob_length" CHECK (length("blob") <= 100)"#,
        r#""created_at" TEXT NOT NULL"#,
    ];
    check_eq!(sql, [format!(r#"CREATE TABLE "shapes" ({}) STRICT"#, columns.join(", "))]);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "group", index(select, odd))]
struct Group {
    #[model(column = "order")]
    id: u64,
    select: i32,
    r#where: String,
    #[model(column = "a`b\"c'd")]
    odd: i32,
    #[model(column = "two words")]
    words: i32,
    #[model(column = "time:stamp ?")]
    signs: i32,
    #[model(column = "größe", unique)]
    size: i32,
    #[model(column = "x; DROP TABLE `group`; --")]
    evil: Option<i32>,
    #[model(column = "Upper")]
    upper: i32,
    #[model(column = "100%")]
    percent: Option<i32>,
    #[model(column = "a.b", unique)]
    dotted: Option<i32>,
}

async fn reserved_words_and_odd_names(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Group::sync(db).await?;
    Group::sync(db).await?;
    let draft = |n: i32| Group::build().select(n).r#where("x").odd(n).words(n).signs(n).size(n).upper(n);
    let mut one = draft(1).evil(6).percent(7).save(db).await?;
    check_eq!(Group::find_by_id(db, one.id).await?.as_ref(), Some(&one));
    let rows = Group::bulk_create(db, [draft(2), draft(3)]).await?;
    check_eq!(Group::find().filter(Group::ODD.is_in([2, 3])).order_by(Group::ODD).all(db).await?, rows);
    let condition =
        Group::SELECT.eq(1) & Group::WHERE.starts_with("x") & Group::WORDS.between(1, 2) & Group::SIGNS.ne(9);
    let condition = condition
        & Group::SIZE.eq_column(Group::UPPER)
        & Group::EVIL.is_not_null()
        & Group::PERCENT.is_not_distinct_from(7);
    let found = Group::find()
        .filter(condition)
        .order_by((Group::ODD.desc(), Group::EVIL.asc().nulls_last()))
        .limit(5);
    check_eq!(found.all(db).await?, [one.clone()]);
    one.update(db, (Group::ODD.increment(10), Group::SIGNS.set(5), Group::EVIL.set_null())).await?;
    one.r#where = "y".into();
    one.save(db).await?;
    check_eq!(Group::find_by_id(db, one.id).await?.as_ref(), Some(&one));
    check_eq!(Group::find().sum(db, Group::ODD).await?, Some(16));
    check_eq!(
        Group::find().select((Group::EVIL, Group::PERCENT)).filter(Group::ID.eq(one.id)).all(db).await?,
        [(None, Some(7))]
    );
    let dotted = draft(8).dotted(5).save(db).await?;
    check_matches!(
        &draft(9).dotted(5).save(db).await,
        Err(Error::UniqueViolation(rule)) if rule.columns == ["a.b"] && rule.model == Some("Group") && rule.constraint.as_deref() == Some("group_a.b_idx")
    );
    dotted.destroy(db).await?;
    check_matches!(draft(2).save(db).await, Err(Error::UniqueViolation(rule)) if rule.columns == ["größe"] && rule.table.as_deref() == Some("group"));
    check_eq!(Group::find().order_by(Group::ID).limit(1).filter(Group::ID.gt(1_u64)).destroy(db).await?, 1);
    one.destroy(db).await?;
    Group::truncate(db).await?;
    check_eq!(draft(1).save(db).await?.id, 1);
    Group::drop_table(db).await?;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "a_table_whose_name_is_as_long_as_a_server_takes_63_characters__",
    unique(the_first_column_of_a_long_name, the_second_column_of_a_long_name)
)]
struct Long {
    id: u64,
    the_first_column_of_a_long_name: i32,
    the_second_column_of_a_long_name: i32,
    #[model(column = "a_column_whose_name_is_as_long_as_a_server_takes_63_characters")]
    level: Level,
}

async fn long_names(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Long::sync(db).await?;
    Long::sync(db).await?;
    let draft = || {
        Long::build()
            .the_first_column_of_a_long_name(1)
            .the_second_column_of_a_long_name(2)
            .level(Level::High)
    };
    let row = draft().save(db).await?;
    check_eq!(Long::find().all(db).await?, [row]);
    let rule = match draft().save(db).await {
        Err(Error::UniqueViolation(rule)) => *rule,
        other => return Err(format!("{other:?}").into()),
    };
    check_eq!(rule.columns, ["the_first_column_of_a_long_name", "the_second_column_of_a_long_name"]);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Users", rename_all = "camelCase")]
struct SequelizeUser {
    id: i32,
    first_name: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

async fn columns_in_camel_case(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    SequelizeUser::sync(db).await?;
    let user = SequelizeUser::build().first_name("Ada").save(db).await?;
    let names: Vec<String> =
        db.query_as("SELECT firstName FROM Users WHERE createdAt = updatedAt", ()).await?;
    check_eq!(names, ["Ada"]);
    check_eq!(db.query_as::<SequelizeUser>("SELECT * FROM Users", ()).await?, [user]);
    Ok(())
}
