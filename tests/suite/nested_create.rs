//! Records that are saved together with what belongs to them.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    a_list_of_children,
    deep,
    side_by_side,
    one_child,
    what_it_belongs_to,
    over_a_join_table,
    bulk,
    no_children,
    all_or_nothing,
    in_a_transaction,
    by_an_accessor,
    composite_keys,
    to_itself,
    the_key_said_before_does_not_matter,
    as_a_view,
    one_insert_a_level,
];

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(tasks: Task), has_many(reviews: Task, foreign_key = reviewer_id), has_one(profile: Profile))]
struct User {
    id: u64,
    name: String,
    created_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Profile {
    id: u64,
    bio: String,
    #[model(belongs_to = User, unique)]
    user_id: u64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(comments: Comment), many_to_many(tags: Tag, through = TaskTag))]
#[model(many_to_many(labels: Tag, through = "task_labels"))]
struct Task {
    id: u64,
    title: String,
    #[model(belongs_to = User)]
    user_id: u64,
    #[model(belongs_to = User)]
    reviewer_id: Option<u64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Comment {
    id: u64,
    #[model(size = 10)]
    body: String,
    #[model(belongs_to = Task)]
    task_id: u64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Tag {
    id: u64,
    #[model(unique)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct TaskTag {
    #[model(primary_key, belongs_to = Task)]
    task_id: u64,
    #[model(primary_key, belongs_to = Tag)]
    tag_id: u64,
    #[model(default = 1)]
    weight: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(lines: Line, foreign_key = (shop, order_no)))]
struct Order {
    #[model(primary_key)]
    shop: u64,
    #[model(primary_key)]
    number: u32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(belongs_to(order: Order, foreign_key = (shop, order_no)))]
struct Line {
    id: u64,
    shop: u64,
    order_no: u32,
    text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(children: Folder, foreign_key = parent_id))]
struct Folder {
    id: u64,
    name: String,
    #[model(belongs_to = Folder)]
    parent_id: Option<u64>,
}

async fn tables(fixture: &Fixture) -> Outcome<&Db> {
    let db = &fixture.db;
    db.sync(&[User::TABLE, Profile::TABLE, Task::TABLE, Comment::TABLE, Tag::TABLE, TaskTag::TABLE]).await?;
    db.sync(&[Order::TABLE, Line::TABLE, Folder::TABLE]).await?;
    Ok(db)
}

async fn a_list_of_children(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let drafts = ["write memo", "check accounts"].map(|title| Task::build().title(title));
    let (user, tasks): (User, Vec<Task>) = User::build().name("John").with_tasks(drafts).save(db).await?;
    check_eq!(tasks.iter().map(|task| task.user_id).collect::<Vec<_>>(), [user.id; 2]);
    let read = User::find().include(User::TASKS).all(db).await?;
    check_eq!(read, [(user, tasks)]);
    Ok(())
}

async fn deep(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let task = |title: &str, bodies: &[&str]| {
        let comments: Vec<_> = bodies.iter().map(|&body| Comment::build().body(body)).collect();
        Task::build().title(title).with_comments(comments)
    };
    let saved = User::build()
        .name("John")
        .with_tasks([task("memo", &["good", "better"]), task("call", &[]), task("mail", &["best"])])
        .save(db)
        .await?;
    let read = User::find().include(User::TASKS.include(Task::COMMENTS)).all(db).await?;
    check_eq!(read, [saved]);
    check_eq!(read[0].1[2].1[0].body, "best");
    Ok(())
}

async fn side_by_side(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let jane = User::build().name("Jane").save(db).await?;
    let saved = User::build()
        .with_tasks([Task::build().title("memo")])
        .name("John")
        .with_reviews([Task::build().title("hers").user_id(jane.id)])
        .with_profile(Profile::build().bio("clerk"))
        .save(db)
        .await?;
    let read = User::find()
        .filter(User::NAME.eq("John"))
        .include(User::TASKS)
        .include(User::REVIEWS)
        .include(User::PROFILE)
        .all(db)
        .await?;
    check_eq!(read[0].2[0].user_id, jane.id);
    check_eq!(read, [saved]);
    Ok(())
}

async fn one_child(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let profile = Profile::build().bio("clerk");
    let (user, profile): (User, Option<Profile>) =
        User::build().name("John").with_profile(profile).save(db).await?;
    check_eq!(profile.map(|profile| profile.user_id), Some(user.id));
    Ok(())
}

async fn what_it_belongs_to(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    // A required key yields the record, another an `Option`, as an include does.
    let (task, user, reviewer): (Task, User, Option<User>) = Task::build()
        .title("memo")
        .with_user(User::build().name("John"))
        .with_reviewer(User::build().name("Jane"))
        .save(db)
        .await?;
    check_eq!((task.user_id, task.reviewer_id), (user.id, reviewer.as_ref().map(|user| user.id)));
    check_eq!((user.name.as_str(), reviewer.map(|user| user.name)), ("John", Some("Jane".to_owned())));
    // What it belongs to has its own along.
    let (comment, (task, user)) = Comment::build()
        .body("good")
        .with_task(Task::build().title("call").with_user(User::build().name("Joe")))
        .save(db)
        .await?;
    check_eq!((comment.task_id, task.user_id), (task.id, user.id));
    Ok(())
}

async fn over_a_join_table(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let john = User::build().name("John").save(db).await?;
    let (task, tags, labels): (Task, Vec<Tag>, Vec<Tag>) = Task::build()
        .title("memo")
        .user_id(john.id)
        .with_tags(["a", "b"].map(|name| Tag::build().name(name)))
        .with_labels([Tag::build().name("c")])
        .save(db)
        .await?;
    check_eq!(task.tags().order_by(Tag::ID).all(db).await?, tags);
    check_eq!(task.labels().all(db).await?, labels);
    let rows: Vec<i32> = TaskTag::find().select(TaskTag::WEIGHT).all(db).await?;
    check_eq!(rows, [1, 1]);
    // Of several records at once.
    let task = |n: u32| {
        let tags = (0..n).map(move |m| Tag::build().name(format!("{n} {m}")));
        Task::build().title(n.to_string()).user_id(john.id).with_tags(tags)
    };
    let saved = Task::bulk_create(db, [task(2), task(0), task(3)]).await?;
    let ids: Vec<u64> = saved.iter().map(|(task, _)| task.id).collect();
    let read =
        Task::find().filter(Task::ID.is_in(ids)).include(Task::TAGS).order_by(Task::ID).all(db).await?;
    check_eq!(read, saved);
    Ok(())
}

async fn bulk(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let user = |name: &str, n: usize| {
        let tasks = (0..n).map(|n| Task::build().title(n.to_string()));
        User::build().name(name).with_tasks(tasks.collect::<Vec<_>>())
    };
    let saved: Vec<(User, Vec<Task>)> =
        User::bulk_create(db, [user("John", 3), user("Jane", 0), user("Joe", 1)]).await?;
    check_eq!(saved.iter().map(|(_, tasks)| tasks.len()).collect::<Vec<_>>(), [3, 0, 1]);
    check_eq!(User::find().include(User::TASKS).all(db).await?, saved);
    Ok(())
}

async fn no_children(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let none = Vec::<TaskDraft>::new().into_iter().map(|draft| draft.title("never"));
    let (user, tasks) = User::build().name("John").with_tasks(none).save(db).await?;
    check_eq!((user.id, tasks), (1, Vec::new()));
    Ok(())
}

async fn all_or_nothing(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    Tag::build().name("a").save(db).await?;
    let saved = User::build()
        .name("John")
        .with_tasks([Task::build().title("memo").with_tags([Tag::build().name("a")])])
        .save(db)
        .await;
    check_matches!(saved, Err(Error::UniqueViolation(_)));
    check_eq!((User::find().count(db).await?, Task::find().count(db).await?), (0, 0));
    let long = Comment::build().body("longer than ten characters");
    let saved = Task::build().title("memo").with_comments([long]).with_user(User::build().name("Jane"));
    check_matches!(saved.save(db).await, Err(Error::ValueTooLong(_) | Error::CheckViolation(_)));
    check_eq!((User::find().count(db).await?, Task::find().count(db).await?), (0, 0));
    Ok(())
}

async fn in_a_transaction(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    Tag::build().name("a").save(db).await?;
    db.transaction(async |tx| {
        let tags = ["b", "a"].map(|name| Tag::build().name(name));
        let task = Task::build().title("memo").with_user(User::build().name("John")).with_tags(tags);
        let failed = task.save(tx).await;
        assert!(matches!(failed, Err(Error::UniqueViolation(_))), "{failed:?}");
        // Only that is undone.
        User::build().name("Jane").with_tasks([Task::build().title("call")]).save(tx).await.map(drop)
    })
    .await?;
    let names: Vec<String> = User::find().select(User::NAME).all(db).await?;
    check_eq!(names, ["Jane"]);
    check_eq!((Tag::find().count(db).await?, Task::find().count(db).await?), (1, 1));
    Ok(())
}

async fn by_an_accessor(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let user = User::build().name("John").save(db).await?;
    let task = Task::build().title("memo").with_comments([Comment::build().body("good")]);
    let (mut task, comments): (Task, Vec<Comment>) = user.create_task(db, task).await?;
    check_eq!((task.user_id, comments[0].task_id), (user.id, task.id));
    let jane = User::build().name("Jane").with_profile(Profile::build().bio("judge"));
    let (jane, profile) = task.create_reviewer(db, jane).await?;
    check_eq!((task.reviewer_id, profile.map(|profile| profile.user_id)), (Some(jane.id), Some(jane.id)));
    // The foreign key need not be set for a record alone either.
    let profile: Profile = user.create_profile(db, Profile::build().bio("clerk")).await?;
    check_eq!(profile.user_id, user.id);
    Ok(())
}

async fn composite_keys(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let lines = ["bread", "milk"].map(|text| Line::build().text(text));
    let (order, lines) = Order::build().shop(3).number(7).with_lines(lines).save(db).await?;
    check_eq!(lines.iter().map(|line| (line.shop, line.order_no)).collect::<Vec<_>>(), [(3, 7); 2]);
    check_eq!(order.count_lines(db).await?, 2);
    let order = Order::build().shop(3).number(8);
    let (line, order) = Line::build().text("eggs").with_order(order).save(db).await?;
    check_eq!((line.shop, line.order_no), (order.shop, order.number));
    Ok(())
}

async fn to_itself(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let leaf = |name: &str| Folder::build().name(name);
    let (root, children) = Folder::build()
        .name("root")
        .with_children([
            leaf("a").with_children([leaf("b")]),
            leaf("c").with_children([leaf("d")].into_iter().skip(1)),
        ])
        .save(db)
        .await?;
    check_eq!(children[0].0.parent_id, Some(root.id));
    check_eq!(children[0].1[0].parent_id, Some(children[0].0.id));
    check!(children[1].1.is_empty());
    Ok(())
}

async fn the_key_said_before_does_not_matter(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let jane = User::build().name("Jane").save(db).await?;
    let task = Task::build().title("memo").user_id(jane.id);
    let (john, tasks) = User::build().name("John").with_tasks([task]).save(db).await?;
    check_eq!(tasks[0].user_id, john.id);
    let task = Task::build().title("call").user_id(jane.id).with_user(User::build().name("Joe"));
    let (task, joe) = task.save(db).await?;
    check_eq!(task.user_id, joe.id);
    Ok(())
}

#[derive(View, Debug)]
struct Page {
    user: User,
    tasks: Vec<Task>,
}

async fn as_a_view(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let saved = User::build().name("John").with_tasks([Task::build().title("memo")]).save(db).await?;
    let page = Page::from(saved);
    check_eq!(page.tasks[0].user_id, page.user.id);
    Ok(())
}

async fn one_insert_a_level(fixture: &Fixture) -> Outcome {
    let db = tables(fixture).await?;
    let task = |n: u32| {
        let comments = (0..n % 3).map(|m| Comment::build().body(m.to_string()));
        let tags = (0..n % 2).map(move |_| Tag::build().name(format!("tag {n}")));
        Task::build()
            .title(n.to_string())
            .with_comments(comments.collect::<Vec<_>>())
            .with_tags(tags.collect::<Vec<_>>())
    };
    let user =
        |n: u32| User::build().name(n.to_string()).with_tasks((n..n + 4).map(task).collect::<Vec<_>>());
    let listener = Listener::start();
    let saved = User::bulk_create(db, (0..20).map(|n| user(n * 10))).await?;
    let inserts: Vec<String> = listener.sql().into_iter().filter(|sql| sql.starts_with("INSERT")).collect();
    // Users, tasks, comments, tags, and the rows of the join table.
    check_eq!(inserts.len(), 5);
    let read = User::find().include(User::TASKS.include(Task::COMMENTS).include(Task::TAGS)).all(db).await?;
    check_eq!(read, saved);
    Ok(())
}
