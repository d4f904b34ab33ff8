//! Text in conditions: wildcards, letter case, everything that needs care in SQL.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check_eq, check_matches};

cases![
    like_and_its_wildcards,
    wildcards_are_literal_in_starts_ends_contains,
    letter_case_counts_only_where_asked,
    strange_text_is_stored_found_and_never_run,
    text_with_a_nul_finds_no_other_rows,
    beyond_ascii_each_collation_has_its_own_mind,
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Word {
    id: u64,
    plain: String,
    #[model(case_sensitive)]
    exact: String,
}

async fn words<const N: usize>(db: &Db, texts: [&str; N]) -> Result<(), Error> {
    Word::sync(db).await?;
    Word::bulk_create(db, texts.map(|text| Word::build().plain(text).exact(text))).await?;
    Ok(())
}

/// Fails where a condition finds other rows than these.
macro_rules! finds {
    ($db:expr, $($condition:expr => [$($id:expr),*];)+) => {$({
        let found = Word::find().filter($condition).order_by(Word::ID).select(Word::ID).all($db).await?;
        let wanted: Vec<u64> = vec![$($id),*];
        if found != wanted {
            let text = stringify!($condition);
            return Err(format!("{}:{}: {text} finds {found:?}, not {wanted:?}", file!(), line!()).into());
        }
    })+};
}

async fn like_and_its_wildcards(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    words(db, ["Watch TV", "watched tv", "Wash", "a%b", "a_b", "axb", "a*b", "[x]", "x"]).await?;
    finds!(db,
        Word::PLAIN.like("W%") => [1, 2, 3];
        Word::PLAIN.like("wat%") => [1, 2];
        Word::PLAIN.like("%tv") => [1, 2];
        Word::PLAIN.like("%as%") => [3];
        Word::PLAIN.like("a_b") => [4, 5, 6, 7];
        Word::PLAIN.like("Wash") => [3];
        Word::PLAIN.like("was") => [];
        Word::PLAIN.not_like("w%") => [4, 5, 6, 7, 8, 9];
        Word::PLAIN.like("a\\%b") => [4];
        Word::PLAIN.like("a\\_b") => [5];
        Word::EXACT.like("W%") => [1, 3];
        Word::EXACT.like("w%") => [2];
        Word::EXACT.like("a_b") => [4, 5, 6, 7];
        Word::EXACT.like("a\\%b") => [4];
        Word::EXACT.like("a*b") => [7];
        Word::EXACT.like("[x]") => [8];
        Word::EXACT.like("A_B") => [];
        Word::EXACT.not_like("W%") => [2, 4, 5, 6, 7, 8, 9];
        !Word::EXACT.like("W%") => [2, 4, 5, 6, 7, 8, 9];
    );
    Ok(())
}

async fn wildcards_are_literal_in_starts_ends_contains(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let signs = ["%", "_", "|", "*", "?", "[", "]", "\\", "^", "-", "'", "\"", "`", "||", "[%]", "\\%"];
    Word::sync(db).await?;
    for sign in signs {
        Word::find().everything().destroy(db).await?;
        let texts =
            [format!("{sign}mid"), format!("mi{sign}id"), format!("mid{sign}"), "midi".into(), "xmid".into()];
        let rows = Word::bulk_create(db, texts.map(|text| Word::build().plain(&text).exact(text))).await?;
        for (column, name) in [(Word::PLAIN, "plain"), (Word::EXACT, "exact")] {
            let at = |found: Vec<u64>| -> Vec<u64> { found.iter().map(|id| id - rows[0].id).collect() };
            let find = async |condition| -> Result<Vec<u64>, Error> {
                Ok(at(Word::find().filter(condition).order_by(Word::ID).select(Word::ID).all(db).await?))
            };
            check_eq!((sign, name, find(column.starts_with(sign)).await?), (sign, name, vec![0]));
            check_eq!((sign, name, find(column.ends_with(sign)).await?), (sign, name, vec![2]));
            check_eq!((sign, name, find(column.contains(sign)).await?), (sign, name, vec![0, 1, 2]));
            check_eq!((sign, name, find(!column.contains(sign)).await?), (sign, name, vec![3, 4]));
            check_eq!((sign, name, find(column.contains(format!("i{sign}i"))).await?), (sign, name, vec![1]));
        }
    }
    Ok(())
}

async fn letter_case_counts_only_where_asked(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    words(db, ["abc", "ABC", "abcd", "xABC"]).await?;
    finds!(db,
        Word::PLAIN.eq("Abc") => [1, 2];
        Word::PLAIN.ne("Abc") => [3, 4];
        Word::PLAIN.is_in(["ABC", "none"]) => [1, 2];
        Word::PLAIN.is_not_distinct_from("ABC") => [1, 2];
        Word::PLAIN.starts_with("aB") => [1, 2, 3];
        Word::PLAIN.ends_with("bC") => [1, 2, 4];
        Word::PLAIN.contains("bC") => [1, 2, 3, 4];
        Word::PLAIN.between("ABC", "abc") => [1, 2];
        Word::PLAIN.eq_column(Word::PLAIN) => [1, 2, 3, 4];
        Word::EXACT.eq("Abc") => [];
        Word::EXACT.eq("ABC") => [2];
        Word::EXACT.ne("abc") => [2, 3, 4];
        Word::EXACT.is_in(["ABC", "Abcd"]) => [2];
        Word::EXACT.is_not_distinct_from("ABC") => [2];
        Word::EXACT.starts_with("ab") => [1, 3];
        Word::EXACT.starts_with("aB") => [];
        Word::EXACT.ends_with("BC") => [2, 4];
        Word::EXACT.contains("bc") => [1, 3];
        // Bytes: capitals come first.
        Word::EXACT.lt("a") => [2];
    );
    let exact = Word::find().order_by(Word::EXACT).select(Word::EXACT).all(db).await?;
    check_eq!(exact, ["ABC", "abc", "abcd", "xABC"]);
    check_eq!(Word::find().max(db, Word::EXACT).await?.as_deref(), Some("xABC"));
    Ok(())
}

async fn strange_text_is_stored_found_and_never_run(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Word::sync(db).await?;
    let texts = [
        "",
        " ",
        "trailing ",
        "it's",
        "\"quoted\"",
        "`ticks`",
        "back\\slash",
        "100%",
        "semi; colon",
        "-- comment",
        "/* comment */",
        "? and :name and $1 and @v",
        "'; DROP TABLE words; --",
        "' OR '1'='1",
        "1) OR (1=1",
        "\u{1F600} four bytes \u{1F469}\u{200D}\u{1F680}",
        "\u{10FFFF}",
        "ÄÖÜ ß ñ 漢字 עברית",
        "line\nbreak\r\ttab",
        "{\"json\": [1]}",
    ];
    let rows = Word::bulk_create(db, texts.map(|text| Word::build().plain(text).exact(text))).await?;
    for (row, text) in rows.iter().zip(texts) {
        check_eq!((&*row.plain, &*row.exact), (text, text));
        let stored = Word::find_by_id(db, row.id).await?;
        check_eq!(stored.as_ref(), Some(row));
        let found = Word::find().filter(Word::EXACT.eq(text)).all(db).await?;
        check_eq!((text, found.iter().map(|found| found.id).collect::<Vec<_>>()), (text, vec![row.id]));
        let found = Word::find().filter(Word::EXACT.is_in([text, "none"])).count(db).await?;
        check_eq!((text, found), (text, 1));
        let found = Word::find().filter(Word::PLAIN.eq(text)).filter(Word::ID.eq(row.id)).count(db).await?;
        check_eq!((text, found), (text, 1));
        let found = Word::find().filter(Word::EXACT.contains(text) & Word::EXACT.starts_with(text));
        check_eq!((text, found.filter(Word::ID.eq(row.id)).count(db).await?), (text, 1));
        let found =
            Word::find().filter(Word::PLAIN.ends_with(text)).filter(Word::ID.eq(row.id)).count(db).await?;
        check_eq!((text, found), (text, 1));
        let single = Word::build().plain(text).exact(text).save(db).await?;
        let changed = Word::find().filter(Word::ID.eq(single.id)).update(db, Word::PLAIN.set(text)).await?;
        check_eq!((text, changed), (text, 1));
        check_eq!(Word::find_by_id(db, single.id).await?, Some(single.clone()));
        single.destroy(db).await?;
    }
    check_eq!(Word::find().count(db).await?, 20);
    Ok(())
}

async fn text_with_a_nul_finds_no_other_rows(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    words(db, ["a\0b", "a\0c", "a", "b"]).await?;
    check_eq!(Word::find().order_by(Word::ID).select(Word::PLAIN).all(db).await?, ["a\0b", "a\0c", "a", "b"]);
    finds!(db,
        Word::EXACT.eq("a\0b") => [1];
        Word::EXACT.is_in(["a\0c", "a"]) => [2, 3];
        Word::EXACT.ne("a\0b") => [2, 3, 4];
        Word::PLAIN.eq("a") => [3];
    );
    type Asked = (&'static str, fn() -> Expr<Word>, &'static [u64]);
    let asked: [Asked; 8] = [
        ("eq", || Word::PLAIN.eq("a\0b"), &[1]),
        ("is_in", || Word::PLAIN.is_in(["a\0b", "b"]), &[1, 4]),
        ("is_not_distinct_from", || Word::PLAIN.is_not_distinct_from("a\0b"), &[1]),
        ("starts_with", || Word::PLAIN.starts_with("a\0"), &[1, 2]),
        ("ends_with", || Word::EXACT.ends_with("\0c"), &[2]),
        ("contains", || Word::PLAIN.contains("\0"), &[1, 2]),
        ("contains", || Word::EXACT.contains("a\0b"), &[1]),
        ("like", || Word::EXACT.like("a\0%"), &[1, 2]),
    ];
    for (name, condition, wanted) in asked {
        let found = Word::find().filter(condition()).order_by(Word::ID).select(Word::ID).all(db).await;
        // SQLite's LIKE, GLOB and NOCASE look no further than the NUL: refused instead of finding other rows.
        if fixture.is_sqlite() {
            check_matches!((name, &found), (_, Err(Error::Encode(wrong))) if wrong.table == "words");
        } else {
            check_eq!((name, found?), (name, wanted.to_vec()));
        }
    }
    Ok(())
}

async fn beyond_ascii_each_collation_has_its_own_mind(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    words(db, ["cafe", "café", "CAFÉ"]).await?;
    // Bytes are bytes everywhere.
    finds!(db,
        Word::EXACT.eq("café") => [2];
        Word::EXACT.starts_with("caf") => [1, 2];
        Word::EXACT.ends_with("É") => [3];
    );
    // SQLite knows the cases of ASCII only; the servers' collations leave accents out as well.
    if fixture.is_sqlite() {
        finds!(db, Word::PLAIN.eq("café") => [2]; Word::PLAIN.eq("CAFE") => [1]; Word::PLAIN.ends_with("é") => [2];);
    } else {
        finds!(db, Word::PLAIN.eq("café") => [1, 2, 3]; Word::PLAIN.eq("CAFE") => [1, 2, 3]; Word::PLAIN.ends_with("é") => [1, 2, 3];);
    }
    Ok(())
}
