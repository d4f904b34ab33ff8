//! The accessors of a many_to_many: over a join table that has a model, and over one that has none.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::fill;
use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    read,
    questions,
    adds,
    adds_with_a_row,
    unknown_keys_change_nothing,
    sets_the_difference,
    removes_and_clears,
    creates,
    an_owner_that_is_gone,
    without_a_model,
    to_the_table_itself,
    other_target_keys,
    another_unique_column,
    rows_with_required_fields,
    lists_of_thousands,
    a_transaction_goes_on,
];

#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(tags: Tag, through = PostTag))]
#[model(many_to_many(readers: Reader, through = "post_readers"))]
#[model(many_to_many(markers: Marker, through = PostMarker))]
#[model(many_to_many(slots: Tag, through = Slot))]
#[model(many_to_many(judges: Reader, through = Verdict))]
struct Post {
    id: u64,
    title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(posts: Post, through = PostTag))]
struct Tag {
    id: u64,
    label: String,
}

/// Its rows have an id, a column and timestamps of their own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(post_id, tag_id))]
struct PostTag {
    id: u64,
    #[model(belongs_to = Post, on_delete = cascade)]
    post_id: u64,
    #[model(belongs_to = Tag)]
    tag_id: u64,
    #[model(default = 1)]
    weight: i32,
    note: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(posts: Post, through = "post_readers"))]
#[model(many_to_many(friends: Reader, through = Friendship, other_key = friend_id))]
struct Reader {
    id: u64,
    name: String,
}

/// Between rows of one table.
#[derive(Model, Debug, Clone, PartialEq)]
struct Friendship {
    #[model(primary_key, belongs_to = Reader)]
    reader_id: u64,
    #[model(primary_key, belongs_to = Reader)]
    friend_id: u64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Marker {
    id: u64,
    #[model(unique, case_sensitive)]
    code: String,
}

/// Its foreign key holds no primary key.
#[derive(Model, Debug, Clone, PartialEq)]
struct PostMarker {
    #[model(primary_key, belongs_to = Post)]
    post_id: u64,
    #[model(primary_key, belongs_to = Marker, as = marker, target_key = code)]
    marker_id: String,
}

/// A pair is not all that must be unique.
#[derive(Model, Debug, Clone, PartialEq)]
struct Slot {
    #[model(primary_key, belongs_to = Post)]
    post_id: u64,
    #[model(primary_key, belongs_to = Tag)]
    tag_id: u64,
    #[model(unique)]
    place: Option<u32>,
}

/// A row says more than its keys.
#[derive(Model, Debug, Clone, PartialEq)]
struct Verdict {
    #[model(primary_key, belongs_to = Post)]
    post_id: u64,
    #[model(primary_key, belongs_to = Reader)]
    reader_id: u64,
    points: u8,
}

/// Two posts, four tags; the first post has the first two.
async fn written(fixture: &Fixture) -> Outcome<(Vec<Post>, Vec<Tag>)> {
    fill(fixture).await?;
    let db = &fixture.db;
    db.sync(&[Post::TABLE, Tag::TABLE, PostTag::TABLE, Reader::TABLE, Friendship::TABLE]).await?;
    db.sync(&[Marker::TABLE, PostMarker::TABLE, Slot::TABLE, Verdict::TABLE]).await?;
    let posts = Post::bulk_create(db, ["One", "Two"].map(|title| Post::build().title(title))).await?;
    let tags = Tag::bulk_create(db, ["a", "b", "c", "d"].map(|label| Tag::build().label(label))).await?;
    let rows = [1_u64, 2].map(|tag| PostTag::build().post_id(1_u64).tag_id(tag).weight(5));
    PostTag::bulk_create(db, rows).await?;
    Ok((posts, tags))
}

/// Whose tags are whose, by both ids.
async fn pairs(db: &Db) -> Outcome<Vec<(u64, u64)>> {
    let query = PostTag::find().order_by((PostTag::POST_ID, PostTag::TAG_ID));
    Ok(query.select((PostTag::POST_ID, PostTag::TAG_ID)).all(db).await?)
}

async fn read(fixture: &Fixture) -> Outcome {
    let (posts, tags) = written(fixture).await?;
    let db = &fixture.db;
    check_eq!(posts[0].tags().order_by(Tag::ID).all(db).await?, tags[..2]);
    check_eq!(posts[0].tags().filter(Tag::LABEL.eq("b")).all(db).await?, tags[1..2]);
    check_eq!(posts[1].tags().all(db).await?, []);
    check_eq!(tags[0].posts().all(db).await?, posts[..1]);
    // A query of a record's own has its condition.
    check_eq!(posts[0].tags().update(db, Tag::LABEL.set("x")).await?, 2);
    check_eq!(Tag::find().filter(Tag::LABEL.eq("x")).count(db).await?, 2);
    Ok(())
}

async fn questions(fixture: &Fixture) -> Outcome {
    let (posts, tags) = written(fixture).await?;
    let db = &fixture.db;
    check_eq!(posts[0].count_tags(db).await?, 2);
    check_eq!(posts[1].count_tags(db).await?, 0);
    check!(posts[0].has_tag(db, &tags[0]).await?);
    check!(!posts[0].has_tag(db, 3_u64).await?);
    check!(posts[0].has_tags(db, &tags[..2]).await?);
    check!(posts[0].has_tags(db, [2, 1, 2]).await?);
    check!(!posts[0].has_tags(db, &tags[..3]).await?);
    check!(!posts[0].has_tag(db, 99_999_u64).await?);
    let listener = Listener::start();
    check!(posts[0].has_tags(db, Vec::<u64>::new()).await?);
    check_eq!(listener.sql(), Vec::<String>::new());
    Ok(())
}

async fn adds(fixture: &Fixture) -> Outcome {
    let (posts, tags) = written(fixture).await?;
    let db = &fixture.db;
    let before = PostTag::find().filter(PostTag::TAG_ID.eq(2)).one(db).await?;
    let listener = Listener::start();
    // One is there: it is left as it is.
    posts[0].add_tags(db, &tags[1..]).await?;
    check_eq!(listener.take().len(), 1);
    check_eq!(pairs(db).await?, [(1, 1), (1, 2), (1, 3), (1, 4)]);
    check_eq!(PostTag::find().filter(PostTag::TAG_ID.eq(2)).one(db).await?, before);
    let row = PostTag::find().filter(PostTag::TAG_ID.eq(3)).one(db).await?.ok_or("a row")?;
    check_eq!((row.weight, row.note), (1, None));
    posts[1].add_tag(db, 4).await?;
    posts[1].add_tag(db, &tags[3]).await?;
    tags[0].add_post(db, &posts[1]).await?;
    check_eq!(pairs(db).await?[4..], [(2, 1), (2, 4)]);
    let listener = Listener::start();
    posts[1].add_tags(db, Vec::<u64>::new()).await?;
    check_eq!(listener.sql(), Vec::<String>::new());
    Ok(())
}

async fn adds_with_a_row(fixture: &Fixture) -> Outcome {
    let (posts, tags) = written(fixture).await?;
    let db = &fixture.db;
    let listener = Listener::start();
    posts[0].add_tag_with(db, &tags[2], PostTag::build().weight(9).note("mine")).await?;
    check_eq!(listener.take().len(), 1);
    let of = |tag: u64| PostTag::find().filter(PostTag::POST_ID.eq(1) & PostTag::TAG_ID.eq(tag));
    let row = of(3).one(db).await?.ok_or("a row")?;
    check_eq!((row.weight, row.note.as_deref()), (9, Some("mine")));
    // What is linked already gets what the row says; it stays the row that it is.
    let before = of(1).one(db).await?.ok_or("a row")?;
    posts[0].add_tag_with(db, 1, PostTag::build().note("new")).await?;
    let after = of(1).one(db).await?.ok_or("a row")?;
    check_eq!((after.id, after.created_at), (before.id, before.created_at));
    check_eq!((after.weight, after.note.as_deref()), (1, Some("new")));
    check!(after.updated_at > before.updated_at);
    // What the row says of the keys does not matter.
    posts[1].add_tag_with(db, 2, PostTag::build().post_id(1_u64).tag_id(4_u64)).await?;
    check_eq!(pairs(db).await?, [(1, 1), (1, 2), (1, 3), (2, 2)]);
    match posts[0].add_tag_with(db, 77, PostTag::build()).await {
        Err(Error::UnknownKeys { table: "tags", keys }) => check_eq!(*keys, ["77"]),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

async fn unknown_keys_change_nothing(fixture: &Fixture) -> Outcome {
    let (posts, _) = written(fixture).await?;
    let db = &fixture.db;
    let before = pairs(db).await?;
    let unknown = |outcome: Result<(), Error>| match outcome {
        Err(Error::UnknownKeys { table: "tags", keys }) => Ok(*keys),
        other => Err(format!("{other:?}")),
    };
    check_eq!(unknown(posts[1].add_tag(db, 99_999).await)?, ["99999"]);
    check_eq!(unknown(posts[1].add_tags(db, [4, 99_999, 3, 77]).await)?, ["99999", "77"]);
    check_eq!(unknown(posts[0].set_tags(db, [2, 99_999]).await)?, ["99999"]);
    check_eq!(pairs(db).await?, before);
    Ok(())
}

async fn sets_the_difference(fixture: &Fixture) -> Outcome {
    let (posts, tags) = written(fixture).await?;
    let (db, post) = (&fixture.db, &posts[0]);
    let listener = Listener::start();
    post.set_tags(db, &tags[..2]).await?;
    check_eq!(listener.take().len(), 1);
    let kept = PostTag::find().filter(PostTag::TAG_ID.eq(2)).one(db).await?;
    post.set_tags(db, [2, 3]).await?;
    check_eq!(pairs(db).await?, [(1, 2), (1, 3)]);
    check_eq!(PostTag::find().filter(PostTag::TAG_ID.eq(2)).one(db).await?, kept);
    post.set_tags(db, Vec::<u64>::new()).await?;
    check_eq!(pairs(db).await?, []);
    Ok(())
}

async fn removes_and_clears(fixture: &Fixture) -> Outcome {
    let (posts, tags) = written(fixture).await?;
    let (db, post) = (&fixture.db, &posts[0]);
    posts[1].add_tags(db, [1, 4]).await?;
    check_eq!(post.remove_tag(db, 4).await?, 0);
    check_eq!(post.remove_tag(db, &tags[0]).await?, 1);
    check_eq!(pairs(db).await?, [(1, 2), (2, 1), (2, 4)]);
    check_eq!(post.remove_tags(db, &tags).await?, 1);
    check_eq!(posts[1].clear_tags(db).await?, 2);
    check_eq!(posts[1].clear_tags(db).await?, 0);
    check_eq!(pairs(db).await?, []);
    check_eq!(Tag::find().count(db).await?, 4);
    Ok(())
}

async fn creates(fixture: &Fixture) -> Outcome {
    let (posts, _) = written(fixture).await?;
    let db = &fixture.db;
    let tag = posts[1].create_tag(db, Tag::build().label("new")).await?;
    check!(posts[1].has_tag(db, &tag).await?);
    check_eq!(Tag::find_by_id(db, tag.id).await?, Some(tag));
    Ok(())
}

async fn an_owner_that_is_gone(fixture: &Fixture) -> Outcome {
    let (posts, _) = written(fixture).await?;
    let db = &fixture.db;
    posts[0].destroy(db).await?;
    check_eq!(pairs(db).await?, []);
    check_matches!(posts[0].add_tag(db, 4).await, Err(Error::ForeignKeyViolation(_)));
    check_matches!(posts[0].set_tags(db, [3, 4]).await, Err(Error::ForeignKeyViolation(_)));
    let created = posts[0].create_tag(db, Tag::build().label("new")).await;
    check_matches!(created, Err(Error::ForeignKeyViolation(_)));
    check_eq!(Tag::find().count(db).await?, 4);
    Ok(())
}

async fn without_a_model(fixture: &Fixture) -> Outcome {
    let (posts, _) = written(fixture).await?;
    let db = &fixture.db;
    let readers = Reader::bulk_create(db, ["Ann", "Bob"].map(|name| Reader::build().name(name))).await?;
    posts[0].add_readers(db, &readers).await?;
    posts[0].add_reader(db, 1).await?;
    readers[1].add_posts(db, &posts).await?;
    check_eq!(posts[0].count_readers(db).await?, 2);
    check_eq!(readers[1].posts().order_by(Post::ID).all(db).await?, posts);
    readers[1].set_posts(db, [2]).await?;
    check!(!posts[0].has_reader(db, &readers[1]).await?);
    check_eq!(posts[0].remove_readers(db, [1, 2]).await?, 1);
    let eve = posts[0].create_reader(db, Reader::build().name("Eve")).await?;
    check_eq!(posts[0].readers().all(db).await?, [eve]);
    check_matches!(posts[0].add_reader(db, 99).await, Err(Error::UnknownKeys { table: "readers", .. }));
    check_eq!(posts[0].clear_readers(db).await?, 1);
    Ok(())
}

async fn to_the_table_itself(fixture: &Fixture) -> Outcome {
    written(fixture).await?;
    let db = &fixture.db;
    let names = ["Ann", "Bob", "Eve"];
    let readers = Reader::bulk_create(db, names.map(|name| Reader::build().name(name))).await?;
    readers[0].add_friends(db, [2, 3]).await?;
    check_eq!(readers[0].friends().order_by(Reader::ID).all(db).await?, readers[1..]);
    check_eq!(readers[1].count_friends(db).await?, 0);
    readers[1].set_friends(db, &readers[..1]).await?;
    check!(readers[1].has_friend(db, &readers[0]).await?);
    check_eq!(readers[0].remove_friend(db, &readers[1]).await?, 1);
    check!(readers[1].has_friend(db, &readers[0]).await?);
    Ok(())
}

async fn other_target_keys(fixture: &Fixture) -> Outcome {
    let (posts, _) = written(fixture).await?;
    let db = &fixture.db;
    let markers = Marker::bulk_create(db, ["red", "blue"].map(|code| Marker::build().code(code))).await?;
    posts[0].add_marker(db, &markers[0]).await?;
    posts[0].add_markers(db, [1, 2]).await?;
    check_eq!(posts[0].markers().order_by(Marker::ID).all(db).await?, markers);
    check!(posts[0].has_markers(db, [2]).await?);
    match posts[0].add_marker(db, 9).await {
        Err(Error::UnknownKeys { table: "markers", keys }) => check_eq!(*keys, ["9"]),
        other => return Err(format!("{other:?}").into()),
    }
    posts[0].set_markers(db, &markers[1..]).await?;
    check_eq!(posts[0].count_markers(db).await?, 1);
    Ok(())
}

async fn another_unique_column(fixture: &Fixture) -> Outcome {
    let (posts, tags) = written(fixture).await?;
    let db = &fixture.db;
    posts[0].add_slots(db, [1, 2]).await?;
    posts[0].add_slots(db, [2, 3]).await?;
    check_eq!(posts[0].count_slots(db).await?, 3);
    posts[0].add_slot_with(db, &tags[0], Slot::build().place(7)).await?;
    // The place is taken, by another pair and by a new one.
    for tag in [2, 4] {
        let taken = posts[0].add_slot_with(db, tag, Slot::build().place(7)).await;
        check_matches!(taken, Err(Error::UniqueViolation(_)));
    }
    check_eq!(posts[0].count_slots(db).await?, 3);
    Ok(())
}

async fn rows_with_required_fields(fixture: &Fixture) -> Outcome {
    let (posts, _) = written(fixture).await?;
    let db = &fixture.db;
    let ann = Reader::build().name("Ann").save(db).await?;
    posts[0].add_judge_with(db, &ann, Verdict::build().points(7)).await?;
    check!(posts[0].has_judge(db, &ann).await?);
    check_eq!(posts[0].clear_judges(db).await?, 1);
    Ok(())
}

async fn lists_of_thousands(fixture: &Fixture) -> Outcome {
    let (posts, _) = written(fixture).await?;
    let (db, post) = (&fixture.db, &posts[1]);
    let tags = Tag::bulk_create(db, (0..2500).map(|n| Tag::build().label(format!("tag {n}")))).await?;
    let listener = Listener::start();
    post.set_tags(db, &tags).await?;
    let inserts = listener.sql().iter().filter(|sql| sql.starts_with("INSERT")).count();
    check_eq!(inserts, 3);
    check!(post.has_tags(db, &tags).await?);
    let with_unknown = tags.iter().map(|tag| tag.id).chain([99_999]);
    check_matches!(posts[0].add_tags(db, with_unknown).await, Err(Error::UnknownKeys { .. }));
    check_eq!(posts[0].count_tags(db).await?, 2);
    check_eq!(post.remove_tags(db, &tags).await?, 2500);
    Ok(())
}

async fn a_transaction_goes_on(fixture: &Fixture) -> Outcome {
    let (posts, _) = written(fixture).await?;
    let db = &fixture.db;
    db.transaction(async |tx| {
        posts[1].add_tag(tx, 4).await?;
        let unknown = posts[0].set_tags(tx, [1, 99_999]).await;
        assert!(matches!(unknown, Err(Error::UnknownKeys { .. })), "{unknown:?}");
        posts[0].set_tags(tx, [3]).await
    })
    .await?;
    check_eq!(pairs(db).await?, [(1, 3), (2, 4)]);
    Ok(())
}
