//! Join tables that no struct stands for: made and dropped with the tables at their ends.

use orm_core::model::Join;
use orm_core::prelude::*;
use orm_core::schema::{ColumnDef, DataType, Table};
use tests::{Fixture, Outcome};

use super::{NUMBER, definitions, id, indexes, keys, run, tables};
use crate::{cases, check_eq, check_matches};

cases![
    made_with_both_ends,
    made_with_the_second_end,
    of_keys_of_text,
    both_sides_may_declare_it,
    two_declarations_that_differ,
    gone_with_an_end,
    an_end_is_kept,
    a_struct_for_it_comes_first,
];

#[derive(Model, Debug, Clone)]
struct Post {
    id: u64,
    title: String,
}

#[derive(Model, Debug, Clone)]
struct Tag {
    #[model(primary_key, size = 40)]
    name: String,
}

fn post_tags() -> &'static Table {
    static PARTS: Join = Join::new::<Post, Tag>(
        "post_tags",
        ["post_id", "tag_name"],
        ["post_tags_post_id_fkey", "post_tags_tag_name_fkey"],
        "post_tags_tag_name_idx",
    );
    static TABLE: Table = PARTS.table();
    &TABLE
}

/// The table of the same name that the other side would describe if it did not look at the names.
fn tag_posts() -> &'static Table {
    static PARTS: Join = Join::new::<Post, Tag>(
        "post_tags",
        ["a_post", "tag_name"],
        ["post_tags_a_post_fkey", "post_tags_tag_name_fkey"],
        "post_tags_tag_name_idx",
    );
    static TABLE: Table = PARTS.table();
    &TABLE
}

/// The tables of the two models, as the derive writes them where the model has a `many_to_many`.
static POSTS: Table = Table::new("Post", "posts", Post::TABLE.columns, &[0]).with_joins(&[post_tags]);
static TAGS: Table = Table::new("Tag", "tags", Tag::TABLE.columns, &[0]).with_joins(&[post_tags]);
static OTHER_TAGS: Table = Table::new("Tag", "tags", Tag::TABLE.columns, &[0]).with_joins(&[tag_posts]);

const FILL: [&str; 3] = [
    "INSERT INTO posts (title) VALUES ('one'), ('two')",
    "INSERT INTO tags VALUES ('a'), ('b')",
    "INSERT INTO post_tags VALUES (1, 'a'), (1, 'b'), (2, 'a')",
];

async fn made_with_both_ends(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    for list in [[&POSTS, Tag::TABLE], [Tag::TABLE, &POSTS]] {
        db.sync(&list).await?;
        check_eq!(tables(fixture).await?, ["post_tags", "posts", "tags"]);
        check_eq!(
            keys(fixture, "post_tags").await?,
            ["post_id -> posts.id, CASCADE, CASCADE", "tag_name -> tags.name, CASCADE, CASCADE"]
        );
        check_eq!(indexes(fixture, "post_tags").await?, ["post_tags_tag_name_idx"]);
        let before = definitions(fixture, &[post_tags()]).await?;
        db.sync(&list).await?;
        db.sync(&[&POSTS]).await?;
        check_eq!(definitions(fixture, &[post_tags()]).await?, before);
        run(db, &FILL).await?;
        check_matches!(
            db.execute("INSERT INTO post_tags VALUES (1, 'a')", ()).await,
            Err(Error::UniqueViolation(_))
        );
        for nobody in ["INSERT INTO post_tags VALUES (9, 'a')", "INSERT INTO post_tags VALUES (1, 'A')"] {
            check_matches!(db.execute(nobody, ()).await, Err(Error::ForeignKeyViolation(_)));
        }
        run(db, &["DELETE FROM tags WHERE name = 'a'"]).await?;
        let pairs = "SELECT post_id, tag_name FROM post_tags";
        check_eq!(db.query_as::<(u64, String)>(pairs, ()).await?, [(1, "b".to_owned())]);
        db.sync_force(&list).await?;
        check_eq!(db.query_as::<(u64, String)>(pairs, ()).await?, []);
        check_eq!(definitions(fixture, &[post_tags()]).await?, before);
    }
    Ok(())
}

async fn made_with_the_second_end(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    // There is nothing yet that the pairs could refer to.
    db.sync(&[&POSTS]).await?;
    check_eq!(tables(fixture).await?, ["posts"]);
    db.sync(&[Tag::TABLE]).await?;
    check_eq!(tables(fixture).await?, ["posts", "tags"]);
    db.sync(&[&POSTS]).await?;
    check_eq!(tables(fixture).await?, ["post_tags", "posts", "tags"]);
    Ok(())
}

async fn of_keys_of_text(fixture: &Fixture) -> Outcome {
    let columns = post_tags().columns;
    check_eq!(columns[0], ColumnDef::new("post_tags", "post_id", "post_id", NUMBER, false));
    let name = ColumnDef::new("post_tags", "tag_name", "tag_name", DataType::String { size: 40 }, false);
    check_eq!(columns[1], name.binary());
    fixture.db.sync(&[&POSTS, &TAGS]).await?;
    run(&fixture.db, &FILL).await?;
    // A pair tells letters apart, as the key does.
    run(&fixture.db, &["INSERT INTO tags VALUES ('A')", "INSERT INTO post_tags VALUES (1, 'A')"]).await?;
    Ok(())
}

async fn both_sides_may_declare_it(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    for list in [[&POSTS, &TAGS], [&TAGS, &POSTS]] {
        db.sync(&list).await?;
        let before = definitions(fixture, &[post_tags()]).await?;
        db.sync(&[&TAGS]).await?;
        db.sync(&[&POSTS]).await?;
        check_eq!(definitions(fixture, &[post_tags()]).await?, before);
        check_eq!(indexes(fixture, "post_tags").await?, ["post_tags_tag_name_idx"]);
        db.sync_force(&list).await?;
        check_eq!(definitions(fixture, &[post_tags()]).await?, before);
    }
    Ok(())
}

async fn two_declarations_that_differ(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    for outcome in [db.sync(&[&POSTS, &OTHER_TAGS]).await, db.sync_force(&[&POSTS, &OTHER_TAGS]).await] {
        let message = outcome.map_or_else(|error| error.to_string(), |()| String::new());
        check_eq!(
            message,
            r#"not possible: both sides declare the join table "post_tags", one with the columns post_id, tag_name, the other with a_post, tag_name"#
        );
    }
    check_eq!(tables(fixture).await?, Vec::<String>::new());
    Ok(())
}

async fn gone_with_an_end(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&POSTS, &TAGS]).await?;
    run(db, &FILL).await?;
    // One of its ends: the pairs go with it, the other end stays.
    db.sync_force(&[&POSTS]).await?;
    check_eq!(tables(fixture).await?, ["post_tags", "posts", "tags"]);
    check_eq!(db.query_as::<u64>("SELECT COUNT(*) FROM post_tags", ()).await?, [0]);
    check_eq!(db.query_as::<u64>("SELECT COUNT(*) FROM tags", ()).await?, [2]);
    Ok(())
}

async fn an_end_is_kept(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&POSTS, &TAGS]).await?;
    run(db, &FILL).await?;
    let refused = [
        db.drop_table(&POSTS).await,
        db.drop_table(&TAGS).await,
        db.truncate(&POSTS).await,
        db.truncate(&TAGS).await,
        // It knows nothing of the join table.
        db.sync_force(&[Tag::TABLE]).await,
    ];
    for outcome in refused {
        check_matches!(&outcome, Err(Error::TableReferenced { referrers, .. }) if **referrers == ["post_tags"]);
    }
    check_eq!(db.query_as::<u64>("SELECT COUNT(*) FROM post_tags", ()).await?, [3]);
    db.drop_table(post_tags()).await?;
    db.drop_table(&POSTS).await?;
    db.drop_table(&TAGS).await?;
    check_eq!(tables(fixture).await?, Vec::<String>::new());
    Ok(())
}

/// A struct of the join table, listed beside the models that name it by a text.
static WITH_NOTE: Table = Table::new("PostTag", "post_tags", NOTE_COLUMNS, &[0]);
const NOTE_COLUMNS: &[ColumnDef] =
    &[id("post_tags"), ColumnDef::new("post_tags", "note", "note", NUMBER, true)];

async fn a_struct_for_it_comes_first(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[&POSTS, &TAGS, &WITH_NOTE]).await?;
    run(db, &["INSERT INTO post_tags (note) VALUES (1)"]).await?;
    db.sync_force(&[&WITH_NOTE, &POSTS, &TAGS]).await?;
    check_eq!(db.query_as::<u64>("SELECT note FROM post_tags", ()).await?, Vec::<u64>::new());
    Ok(())
}
