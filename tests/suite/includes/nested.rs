//! Includes inside of includes, and associations of a table to itself.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Comment, Profile, Task, User, fill};
use crate::{cases, check_eq};

cases![three_levels, to_many_below_to_one, a_tree, two_to_the_same_model, over_a_join_table];

async fn three_levels(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    type Page = (User, Vec<(Task, Vec<Comment>)>, Option<Profile>);
    let users: Vec<Page> = User::find()
        .filter(User::NAME.like("J%"))
        .include(
            User::TASKS.filter(Task::DONE.is_not_null()).order_by(Task::ID.desc()).include(Task::COMMENTS),
        )
        .include(User::PROFILE)
        .limit(20)
        .all(&fixture.db)
        .await?;
    let (_, tasks, profile) = &users[0];
    check_eq!(
        tasks.iter().map(|(task, comments)| (task.id, comments.len())).collect::<Vec<_>>(),
        [(5, 0), (2, 1), (1, 2)]
    );
    check_eq!(profile.is_some(), true);
    Ok(())
}

async fn to_many_below_to_one(fixture: &Fixture) -> Outcome {
    fill(fixture).await?;
    type Shared = (Task, Option<(User, Vec<Task>)>);
    let tasks: Vec<Shared> = Task::find().include(Task::USER.include(User::TASKS)).all(&fixture.db).await?;
    let siblings: Vec<_> =
        tasks.iter().map(|(_, owner)| owner.as_ref().map_or(0, |(_, tasks)| tasks.len())).collect();
    // What several share, each of them has.
    check_eq!(siblings, [4, 4, 1, 0, 4, 4]);
    let titles = Task::find().include(Task::USER.select(User::NAME)).all(&fixture.db).await?;
    check_eq!(titles[2].1.as_deref(), Some("Jane"));
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(reports: Person, foreign_key = boss_id))]
struct Person {
    id: u64,
    name: String,
    #[model(belongs_to = Person)]
    boss_id: Option<u64>,
}

async fn a_tree(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Person::sync(db).await?;
    let ada = Person::build().name("Ada").save(db).await?;
    let bob = Person::build().name("Bob").boss_id(ada.id).save(db).await?;
    Person::build().name("Cleo").boss_id(bob.id).save(db).await?;
    let people = Person::find().include(Person::BOSS.include(Person::BOSS)).all(db).await?;
    let (cleo, boss) = &people[2];
    let (bob, ada) = boss.as_ref().ok_or("no boss")?;
    check_eq!((cleo.name.as_str(), bob.name.as_str()), ("Cleo", "Bob"));
    check_eq!(ada.as_ref().map(|it| it.name.as_str()), Some("Ada"));
    let down = Person::find()
        .filter(Person::BOSS_ID.is_null())
        .include(Person::REPORTS.include(Person::REPORTS.include(Person::BOSS)))
        .all(db)
        .await?;
    check_eq!(down[0].1[0].1[0].1.as_ref().map(|it| it.name.as_str()), Some("Bob"));
    let bosses = Person::find().filter(Person::REPORTS.any(Person::NAME.eq("Cleo"))).all(db).await?;
    check_eq!(bosses.len(), 1);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(home_games: Game, foreign_key = home_id), has_many(away_games: Game, foreign_key = away_id))]
struct Team {
    id: u64,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Game {
    id: u64,
    #[model(belongs_to = Team)]
    home_id: u64,
    #[model(belongs_to = Team)]
    away_id: u64,
}

async fn two_to_the_same_model(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[Game::TABLE, Team::TABLE]).await?;
    Team::bulk_create(db, ["A", "B"].map(|name| Team::build().name(name))).await?;
    Game::build().home_id(1_u64).away_id(2_u64).save(db).await?;
    let games: Vec<(Game, Team, Team)> = Game::find().include(Game::HOME).include(Game::AWAY).all(db).await?;
    check_eq!((games[0].1.name.as_str(), games[0].2.name.as_str()), ("A", "B"));
    let teams = Team::find().include(Team::HOME_GAMES).include(Team::AWAY_GAMES.count()).all(db).await?;
    check_eq!(teams.iter().map(|(_, home, away)| (home.len(), *away)).collect::<Vec<_>>(), [(1, 0), (0, 1)]);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(tags: Tag, through = PostTag))]
struct Post {
    id: u64,
    title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(posts: Post, through = PostTag))]
struct Tag {
    id: u64,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct PostTag {
    #[model(primary_key, belongs_to = Post)]
    post_id: u64,
    #[model(primary_key, belongs_to = Tag)]
    tag_id: u64,
    weight: i32,
}

async fn over_a_join_table(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[Post::TABLE, Tag::TABLE, PostTag::TABLE]).await?;
    Post::bulk_create(db, ["p1", "p2", "p3"].map(|title| Post::build().title(title))).await?;
    Tag::bulk_create(db, ["red", "green", "blue"].map(|name| Tag::build().name(name))).await?;
    let pairs = [(1_u64, 1_u64, 5), (1, 2, 7), (2, 1, 1), (2, 3, 9)];
    PostTag::bulk_create(
        db,
        pairs.map(|(post, tag, weight)| PostTag::build().post_id(post).tag_id(tag).weight(weight)),
    )
    .await?;
    let names = |tags: &[Tag]| tags.iter().map(|tag| tag.name.clone()).collect::<Vec<_>>();
    let posts: Vec<(Post, Vec<Tag>)> = Post::find().include(Post::TAGS).all(db).await?;
    check_eq!(names(&posts[0].1), ["red", "green"]);
    check_eq!(names(&posts[1].1), ["red", "blue"]);
    check_eq!(posts[2].1, []);
    let posts: Vec<(Post, Vec<(Tag, PostTag)>)> =
        Post::find().include(Post::TAGS.with_join_row().order_by(Tag::NAME.desc()).limit(1)).all(db).await?;
    check_eq!((posts[0].1[0].0.name.as_str(), posts[0].1[0].1.weight), ("red", 5));
    check_eq!((posts[1].1[0].0.name.as_str(), posts[1].1[0].1.weight), ("red", 1));
    let heavy = Post::TAGS.filter_join_row(PostTag::WEIGHT.gt(5));
    let posts = Post::find().include(heavy).include(Post::TAGS.count()).all(db).await?;
    check_eq!(
        posts.iter().map(|(_, tags, count)| (tags.len(), *count)).collect::<Vec<_>>(),
        [(1, 2), (1, 2), (0, 0)]
    );
    let tags = Tag::find().include(Tag::POSTS.include(Post::TAGS)).all(db).await?;
    check_eq!(
        tags[0].1.iter().map(|(post, tags)| (post.id, tags.len())).collect::<Vec<_>>(),
        [(1, 2), (2, 2)]
    );
    let blue = Post::find().filter(Post::TAGS.any(Tag::NAME.eq("blue"))).select(Post::ID).all(db).await?;
    check_eq!(blue, [2]);
    Ok(())
}
