//! The statement log: what is sent, word by word, one event a statement.

use std::process::Command;

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check, check_eq};

cases![
    words_of_the_verbs,
    events_tell_what_happened,
    values_only_when_asked,
    transactions_have_numbers,
    lines_on_stdout
];

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: u64,
    #[model(size = 50)]
    title: String,
    done: Option<bool>,
}

/// The texts as this database quotes them.
fn quoted<const N: usize>(fixture: &Fixture, texts: [&str; N]) -> Vec<String> {
    let words = |text: &str| {
        if fixture.is_sqlite() { text.replace("LIMIT ?", "LIMIT ? + 0") } else { text.replace('"', "`") }
    };
    texts.map(words).to_vec()
}

async fn words_of_the_verbs(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Note::sync(db).await?;
    let listener = Listener::start();
    let heard = || listener.take().into_iter().map(|logged| logged.sql).collect::<Vec<_>>();
    db.authenticate().await?;
    let mut note = Note::build().title("a").save(db).await?;
    Note::build().id(7_u64).title("b").save(db).await?;
    Note::find().all(db).await?;
    Note::find_by_id(db, 1).await?;
    Note::find().count(db).await?;
    Note::find()
        .filter(Note::TITLE.eq("a") & Note::DONE.is_null())
        .order_by(Note::ID.desc())
        .limit(2)
        .all(db)
        .await?;
    note.update(db, Note::TITLE.set("c")).await?;
    note.save(db).await?;
    note.reload(db).await?;
    note.destroy(db).await?;
    Note::find().filter(Note::ID.gt(5_u64)).update(db, Note::DONE.set(true)).await?;
    Note::find().filter(Note::DONE.eq(true)).destroy(db).await?;
    check_eq!(
        heard(),
        quoted(
            fixture,
            [
                r#"SELECT 1+1 AS result"#,
                r#"INSERT INTO "notes" ("title", "done") VALUES (?, ?)"#,
                r#"INSERT INTO "notes" ("id", "title", "done") VALUES (?, ?, ?)"#,
                r#"SELECT "id", "title", "done" FROM "notes""#,
                r#"SELECT "id", "title", "done" FROM "notes" WHERE "id" = ?"#,
                r#"SELECT COUNT(*) AS "count" FROM "notes""#,
                r#"SELECT "id", "title", "done" FROM "notes" WHERE "title" = ? AND "done" IS NULL ORDER BY "id" DESC LIMIT ?"#,
                r#"UPDATE "notes" SET "title" = ? WHERE "id" = ?"#,
                r#"UPDATE "notes" SET "title" = ?, "done" = ? WHERE "id" = ?"#,
                r#"SELECT "id", "title", "done" FROM "notes" WHERE "id" = ?"#,
                r#"DELETE FROM "notes" WHERE "id" = ?"#,
                r#"UPDATE "notes" SET "done" = ? WHERE "id" > ?"#,
                r#"DELETE FROM "notes" WHERE "done" = ?"#,
            ]
        )
    );
    Note::bulk_create(db, [Note::build().title("x"), Note::build().title("y")]).await?;
    let returning = if db.dialect_name() == "mysql" { "" } else { r#" RETURNING "id""# };
    let insert = format!(r#"INSERT INTO "notes" ("title", "done") VALUES (?, ?), (?, ?){returning}"#);
    check_eq!(heard(), quoted(fixture, [&insert]));
    Ok(())
}

async fn events_tell_what_happened(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Note::sync(db).await?;
    let listener = Listener::start();
    Note::bulk_create(db, ["a", "b", "c"].map(|title| Note::build().title(title))).await?;
    Note::find().limit(2).all(db).await?;
    Note::find().filter(Note::ID.gt(1_u64)).update(db, Note::TITLE.set("x")).await?;
    let _ = db.execute("DELETE FROM nowhere WHERE id = ?", (12_345,)).await;
    let [insert, select, update, refused] = &listener.take()[..] else {
        return Err("not four events".into());
    };
    for logged in [insert, select, update, refused] {
        check_eq!(
            (&*logged.backend, logged.transaction, logged.values.as_deref()),
            (fixture.server().name(), None, None)
        );
        check!(logged.has_elapsed);
    }
    // MariaDB answers RETURNING with rows instead of a count.
    check_eq!(insert.affected.max(insert.rows), Some(3));
    check_eq!((select.rows, &select.error), (Some(2), &None));
    check_eq!((update.affected, update.rows), (Some(2), Some(0)));
    check!(
        refused.affected.is_none()
            && refused
                .error
                .as_deref()
                .is_some_and(|text| text.contains("nowhere") && !text.contains("12345"))
    );
    // Without anybody listening there is nothing to hear afterwards.
    drop(listener);
    Note::find().all(db).await?;
    check_eq!(Listener::start().take(), []);
    Ok(())
}

async fn values_only_when_asked(fixture: &Fixture) -> Outcome {
    Note::sync(&fixture.db).await?;
    for asked in [false, true] {
        let db = fixture.options().log_values(asked).connect().await?;
        let listener = Listener::start();
        Note::build().title("the secret").save(&db).await?;
        Note::find().filter(Note::TITLE.eq("the secret")).limit(3).all(&db).await?;
        Note::find().all(&db).await?;
        let heard = listener.take();
        check_eq!(heard.len(), 3);
        check_eq!(heard[0].values.as_deref().is_some_and(|values| values.contains("the secret")), asked);
        check_eq!(
            heard[1]
                .values
                .as_deref()
                .is_some_and(|values| values.contains("the secret") && values.contains('3')),
            asked
        );
        check_eq!(
            (&heard[2].values, heard.iter().any(|logged| logged.sql.contains("secret"))),
            (&None, false)
        );
        db.close().await?;
    }
    Ok(())
}

async fn transactions_have_numbers(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Note::sync(db).await?;
    let listener = Listener::start();
    for _ in 0..2 {
        let tx = db.begin().await?;
        Note::build().title("a").save(&tx).await?;
        Note::find().count(db).await?;
        tx.commit().await?;
    }
    let heard = listener.take();
    let numbers: Vec<_> = heard.iter().map(|logged| logged.transaction).collect();
    let (one, two) = (numbers[0], numbers[4]);
    check!(one.is_some() && two.is_some() && one != two);
    check_eq!(numbers, [one, one, None, one, two, two, None, two]);
    check_eq!((&*heard[0].sql, &*heard[3].sql), ("BEGIN", "COMMIT"));
    Ok(())
}

async fn lines_on_stdout(fixture: &Fixture) -> Outcome {
    const CHILD: &str = "ORM_TEST_PRINTS";
    if std::env::var_os(CHILD).is_some() {
        let db = fixture.options().log_to_stdout(true).connect().await?;
        Note::sync(&fixture.db).await?;
        Note::build().title("hidden").save(&db).await?;
        db.transaction(async |tx| Note::find().count(tx).await).await?;
        let loud = fixture.options().log_to_stdout(true).log_values(true).connect().await?;
        Note::find().filter(Note::TITLE.eq("shown")).all(&loud).await?;
        return Ok(());
    }
    // This test once more, in a process whose output can be read.
    let name = format!("{}::logging::lines_on_stdout", fixture.server());
    let output = Command::new(std::env::current_exe()?).args(["--exact", &name]).env(CHILD, "1").output()?;
    let text = String::from_utf8(output.stdout)?;
    let lines: Vec<&str> =
        text.lines().filter_map(|line| line.find("Executing (").map(|at| &line[at..])).collect();
    let number = lines
        .get(1)
        .and_then(|line| line.strip_prefix("Executing (")?.split_once(')'))
        .map_or("", |(number, _)| number);
    check!(number.starts_with("tx-"), "{text}");
    let wanted = [
        r#"Executing (default): INSERT INTO "notes" ("title", "done") VALUES (?, ?)"#.to_owned(),
        format!("Executing ({number}): BEGIN"),
        format!(r#"Executing ({number}): SELECT COUNT(*) AS "count" FROM "notes""#),
        format!("Executing ({number}): COMMIT"),
        r#"Executing (default): SELECT "id", "title", "done" FROM "notes" WHERE "title" = ? -- [Text("shown")]"#.to_owned(),
    ];
    // The values stand as they were given, quotes and all.
    let lines: Vec<String> = lines.iter().map(|line| line.replace('`', "\"")).collect();
    check_eq!(lines, wanted);
    check!(!text.contains("hidden"));
    Ok(())
}
