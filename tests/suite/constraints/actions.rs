//! What happens to a row when the one that it refers to goes or changes its key.

use orm_core::prelude::*;
use orm_core::schema::{Action, ColumnDef, DataType, ForeignKey, Index, Table};
use tests::{Fixture, Outcome};

use super::{NUMBER, definitions, id, indexes, keys, link, run};
use crate::{cases, check_eq, check_matches};

cases![
    each_action_acts,
    of_rows_that_refer_to_their_own_table,
    of_several_columns,
    to_other_columns_than_the_key,
    to_keys_of_text,
];

/// A table for each action, all over the same parents.
static PARENTS: Table =
    Table::new("Parent", "parents", &[ColumnDef::new("parents", "id", "id", NUMBER, false)], &[0]);

macro_rules! child {
    ($table:ident, $name:literal, $action:expr) => {
        static $table: Table =
            Table::new($name, $name, const { &[id($name), link($name, "parent_id")] }, &[0])
                .with_indexes(const { &[Index::new(concat!($name, "_parent_id_idx"), &[1], false)] })
                .with_foreign_keys(
                    const {
                        &[ForeignKey::new(
                            concat!($name, "_parent_id_fkey"),
                            &[1],
                            || &PARENTS,
                            $action,
                            $action,
                        )]
                    },
                );
    };
}

child!(FOLLOWERS, "followers", Action::Cascade);
child!(FORGETFUL, "forgetful", Action::SetNull);
child!(KEEPERS, "keepers", Action::NoAction);
child!(HOLDERS, "holders", Action::Restrict);

async fn each_action_acts(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&FOLLOWERS, &FORGETFUL, &KEEPERS, &HOLDERS, &PARENTS]).await?;
    run(
        db,
        &[
            "INSERT INTO parents VALUES (1), (2), (3), (4), (5)",
            "INSERT INTO followers (parent_id) VALUES (1), (2), (NULL)",
            "INSERT INTO forgetful (parent_id) VALUES (1), (2), (NULL)",
            "INSERT INTO keepers (parent_id) VALUES (3), (NULL)",
            "INSERT INTO holders (parent_id) VALUES (4), (NULL)",
        ],
    )
    .await?;
    // ON UPDATE.
    run(db, &["UPDATE parents SET id = 10 WHERE id = 1"]).await?;
    let followers = "SELECT parent_id FROM followers ORDER BY id";
    let forgetful = "SELECT parent_id FROM forgetful ORDER BY id";
    check_eq!(db.query_as::<Option<u64>>(followers, ()).await?, [Some(10), Some(2), None]);
    check_eq!(db.query_as::<Option<u64>>(forgetful, ()).await?, [None, Some(2), None]);
    for refused in [
        "UPDATE parents SET id = 30 WHERE id = 3",
        "UPDATE parents SET id = 40 WHERE id = 4",
        "DELETE FROM parents WHERE id = 3",
        "DELETE FROM parents WHERE id = 4",
    ] {
        check_matches!(db.execute(refused, ()).await, Err(Error::ForeignKeyViolation(_)));
    }
    // ON DELETE.
    run(db, &["DELETE FROM parents WHERE id = 2"]).await?;
    check_eq!(db.query_as::<Option<u64>>(followers, ()).await?, [Some(10), None]);
    check_eq!(db.query_as::<Option<u64>>(forgetful, ()).await?, [None, None, None]);
    check_eq!(db.query_as::<u64>("SELECT id FROM parents ORDER BY id", ()).await?, [3, 4, 5, 10]);
    Ok(())
}

/// Employees, and who is whose boss.
static STAFF: Table = Table::new("Employee", "staff", STAFF_COLUMNS, &[0])
    .with_indexes(STAFF_INDEXES)
    .with_foreign_keys(STAFF_KEYS);
const STAFF_COLUMNS: &[ColumnDef] = &[id("staff"), link("staff", "boss_id")];
const STAFF_INDEXES: &[Index] = &[Index::new("staff_boss_id_idx", &[1], false)];
const STAFF_KEYS: &[ForeignKey] =
    &[ForeignKey::new("staff_boss_id_fkey", &[1], || &STAFF, Action::SetNull, Action::NoAction)];

async fn of_rows_that_refer_to_their_own_table(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&STAFF]).await?;
    let before = definitions(fixture, &[&STAFF]).await?;
    db.sync(&[&STAFF]).await?;
    check_eq!(definitions(fixture, &[&STAFF]).await?, before);
    check_eq!(keys(fixture, "staff").await?, ["boss_id -> staff.id, SET NULL, NO ACTION"]);
    check_eq!(indexes(fixture, "staff").await?, ["staff_boss_id_idx"]);
    let fill = [
        "INSERT INTO staff (id, boss_id) VALUES (1, NULL), (2, 1), (3, 2)",
        "UPDATE staff SET boss_id = 3 WHERE id = 1",
    ];
    run(db, &fill).await?;
    check_matches!(db.execute("UPDATE staff SET boss_id = 9", ()).await, Err(Error::ForeignKeyViolation(_)));
    run(db, &["DELETE FROM staff WHERE id = 2"]).await?;
    let bosses = "SELECT boss_id FROM staff ORDER BY id";
    check_eq!(db.query_as::<Option<u64>>(bosses, ()).await?, [Some(3), None]);
    // Rows of its own keep no table from being emptied, made anew or dropped.
    db.truncate(&STAFF).await?;
    run(db, &fill).await?;
    db.sync_force(&[&STAFF]).await?;
    check_eq!(db.query_as::<Option<u64>>(bosses, ()).await?, Vec::<Option<u64>>::new());
    run(db, &fill).await?;
    db.drop_table(&STAFF).await?;
    check_eq!(super::tables(fixture).await?, Vec::<String>::new());
    Ok(())
}

/// Orders of a shop are numbered in that shop.
static ORDERS: Table = Table::new("Order", "orders", ORDER_COLUMNS, &[0, 1]);
const ORDER_COLUMNS: &[ColumnDef] = &[
    ColumnDef::new("orders", "shop", "shop", NUMBER, false),
    ColumnDef::new("orders", "number", "number", NUMBER, false),
];

static LINES: Table =
    Table::new("Line", "lines", LINE_COLUMNS, &[0]).with_indexes(LINE_INDEXES).with_foreign_keys(LINE_KEYS);
const LINE_COLUMNS: &[ColumnDef] = &[id("lines"), link("lines", "order_number"), link("lines", "shop")];
const LINE_INDEXES: &[Index] = &[Index::new("lines_shop_order_number_idx", &[2, 1], false)];
const LINE_KEYS: &[ForeignKey] =
    &[ForeignKey::new("lines_shop_order_number_fkey", &[2, 1], || &ORDERS, Action::SetNull, Action::Cascade)];

async fn of_several_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&LINES, &ORDERS]).await?;
    check_eq!(
        keys(fixture, "lines").await?,
        ["order_number -> orders.number, SET NULL, CASCADE", "shop -> orders.shop, SET NULL, CASCADE"]
    );
    check_eq!(indexes(fixture, "lines").await?, ["lines_shop_order_number_idx"]);
    let mut sql = [
        "INSERT INTO orders VALUES (1, 7), (2, 8), (2, 9)",
        "INSERT INTO `lines` (shop, order_number) VALUES (1, 7), (2, 8), (2, 9), (2, NULL)",
        "UPDATE orders SET number = 70 WHERE shop = 1",
        "DELETE FROM orders WHERE shop = 2 AND number = 8",
    ];
    // A word of its own in MySQL, where SQLite takes the other quotes.
    if fixture.is_sqlite() {
        sql[1] = r#"INSERT INTO "lines" (shop, order_number) VALUES (1, 7), (2, 8), (2, 9), (2, NULL)"#;
    }
    run(db, &sql).await?;
    let pairs = if fixture.is_sqlite() {
        r#"SELECT shop, order_number FROM "lines" ORDER BY id"#
    } else {
        "SELECT shop, order_number FROM `lines` ORDER BY id"
    };
    check_eq!(
        db.query_as::<(Option<u64>, Option<u64>)>(pairs, ()).await?,
        [(Some(1), Some(70)), (None, None), (Some(2), Some(9)), (Some(2), None)]
    );
    let swapped = if fixture.is_sqlite() {
        r#"INSERT INTO "lines" (shop, order_number) VALUES (9, 2)"#
    } else {
        "INSERT INTO `lines` (shop, order_number) VALUES (9, 2)"
    };
    check_matches!(db.execute(swapped, ()).await, Err(Error::ForeignKeyViolation(_)));
    Ok(())
}

/// A country has a key of its own, and a code by which others know it.
static COUNTRIES: Table =
    Table::new("Country", "countries", COUNTRY_COLUMNS, &[0]).with_indexes(COUNTRY_INDEXES);
const CODE: DataType = DataType::String { size: 2 };
const COUNTRY_COLUMNS: &[ColumnDef] =
    &[id("countries"), ColumnDef::new("countries", "code", "code", CODE, false).binary()];
const COUNTRY_INDEXES: &[Index] = &[Index::new("countries_code_idx", &[1], true)];

static CITIES: Table =
    Table::new("City", "cities", CITY_COLUMNS, &[0]).with_indexes(CITY_INDEXES).with_foreign_keys(CITY_KEYS);
const CITY_COLUMNS: &[ColumnDef] =
    &[id("cities"), ColumnDef::new("cities", "country", "country", CODE, true).binary()];
const CITY_INDEXES: &[Index] = &[Index::new("cities_country_idx", &[1], false)];
const CITY_KEYS: &[ForeignKey] =
    &[ForeignKey::new("cities_country_fkey", &[1], || &COUNTRIES, Action::Cascade, Action::Cascade)
        .target_key(&[1])];

async fn to_other_columns_than_the_key(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&CITIES, &COUNTRIES]).await?;
    check_eq!(keys(fixture, "cities").await?, ["country -> countries.code, CASCADE, CASCADE"]);
    check_eq!(indexes(fixture, "cities").await?, ["cities_country_idx"]);
    run(
        db,
        &[
            "INSERT INTO countries (code) VALUES ('at'), ('ch')",
            "INSERT INTO cities (country) VALUES ('at'), ('ch'), ('ch')",
            "UPDATE countries SET code = 'CH' WHERE code = 'ch'",
            "DELETE FROM countries WHERE code = 'at'",
        ],
    )
    .await?;
    check_eq!(db.query_as::<String>("SELECT country FROM cities ORDER BY id", ()).await?, ["CH", "CH"]);
    // Letter for letter.
    let other = "INSERT INTO cities (country) VALUES ('ch')";
    check_matches!(db.execute(other, ()).await, Err(Error::ForeignKeyViolation(_)));
    check_matches!(db.truncate(&COUNTRIES).await, Err(Error::TableReferenced { .. }));
    Ok(())
}

/// A key of text, and one that refers to it.
static WORDS: Table =
    Table::new("Word", "words", &[ColumnDef::new("words", "word", "word", CODE, false).binary()], &[0]);

static MEANINGS: Table = Table::new("Meaning", "meanings", MEANING_COLUMNS, &[0])
    .with_indexes(MEANING_INDEXES)
    .with_foreign_keys(MEANING_KEYS);
const MEANING_COLUMNS: &[ColumnDef] =
    &[id("meanings"), ColumnDef::new("meanings", "word", "word", CODE, false).binary()];
const MEANING_INDEXES: &[Index] = &[Index::new("meanings_word_idx", &[1], false)];
const MEANING_KEYS: &[ForeignKey] =
    &[ForeignKey::new("meanings_word_fkey", &[1], || &WORDS, Action::NoAction, Action::Cascade)];

async fn to_keys_of_text(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&MEANINGS, &WORDS]).await?;
    run(db, &["INSERT INTO words VALUES ('a'), ('A')", "INSERT INTO meanings (word) VALUES ('a')"]).await?;
    run(db, &["DELETE FROM words WHERE word = 'A'"]).await?;
    let refused = db.execute("DELETE FROM words WHERE word = 'a'", ()).await;
    check_matches!(refused, Err(Error::ForeignKeyViolation(_)));
    run(db, &["UPDATE words SET word = 'A'"]).await?;
    check_eq!(db.query_as::<String>("SELECT word FROM meanings", ()).await?, ["A"]);
    Ok(())
}
