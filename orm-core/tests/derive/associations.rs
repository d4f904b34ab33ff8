//! What the derive makes of associations: foreign keys, their indexes, and the constants.

use orm_core::prelude::*;
use orm_core::relation::{Association, BelongsTo, HasMany, HasOne, ManyToMany, Optional, Required};
use orm_core::schema::{Action, Table};
use orm_core::sql::Link;

#[derive(Model, Clone)]
#[model(has_many(tasks: Task), has_one(profile: Profile), has_many(minions: User, foreign_key = boss_id))]
struct User {
    id: u64,
    #[model(belongs_to = Self)]
    boss_id: Option<u64>,
}

#[derive(Model, Clone)]
struct Task {
    id: u64,
    #[model(belongs_to = User)]
    user_id: Option<u64>,
    #[model(belongs_to = Country, as = home, target_key = code, on_delete = restrict, on_update = set_null)]
    country: Option<String>,
    #[model(belongs_to = User, as = reviewer, index)]
    reviewer_id: u64,
}

#[derive(Model, Clone)]
struct Country {
    id: u64,
    #[model(unique, case_sensitive)]
    code: String,
}

#[derive(Model, Clone)]
struct Profile {
    #[model(primary_key, auto_increment = false, belongs_to = User, on_delete = cascade)]
    user_id: u64,
}

#[derive(Model, Clone)]
#[model(has_many(lines: Line, foreign_key = (shop_id, order_no)))]
struct Order {
    #[model(primary_key)]
    shop: u64,
    #[model(primary_key)]
    number: u32,
}

#[derive(Model, Clone)]
#[model(table = "parts", rename_all = "camelCase", index(shop_id, order_no, id))]
#[model(belongs_to(order: Order, foreign_key = (shop_id, order_no)))]
struct Line {
    id: u64,
    shop_id: u64,
    order_no: u32,
}

#[derive(Model, Clone)]
#[model(many_to_many(tags: Tag, through = PostTag))]
struct Post {
    id: u64,
}

#[derive(Model, Clone)]
#[model(many_to_many(posts: Post, through = PostTag))]
struct Tag {
    #[model(primary_key)]
    name: String,
}

#[derive(Model, Clone)]
#[model(unique(tag_id, post_id))]
struct PostTag {
    id: u64,
    #[model(belongs_to = Post)]
    post_id: u64,
    #[model(belongs_to = Tag)]
    tag_id: String,
}

/// Name, columns, table and columns referred to, on delete, on update.
type Parts = (&'static str, &'static [usize], &'static str, &'static [usize], Action, Action);

fn keys(table: &'static Table) -> Vec<Parts> {
    let parts = table.foreign_keys.iter();
    parts
        .map(|key| {
            let target = (key.target)();
            (key.name, key.columns, target.name, key.target_columns(), key.on_delete, key.on_update)
        })
        .collect()
}

fn indexes(table: &'static Table) -> Vec<(&'static str, bool)> {
    table.indexes.iter().map(|index| (index.name, index.unique)).collect()
}

#[test]
fn foreign_keys_have_names_and_actions() {
    use Action::{Cascade, NoAction, Restrict, SetNull};

    assert_eq!(
        keys(Task::TABLE),
        [
            ("tasks_user_id_fkey", &[1][..], "users", &[0][..], SetNull, Cascade),
            ("tasks_country_fkey", &[2], "countries", &[1], Restrict, SetNull),
            ("tasks_reviewer_id_fkey", &[3], "users", &[0], NoAction, Cascade),
        ]
    );
    let itself = ("users_boss_id_fkey", &[1][..], "users", &[0][..], SetNull, NoAction);
    assert_eq!(keys(User::TABLE), [itself]);
    let composite = ("parts_shopId_orderNo_fkey", &[1, 2][..], "orders", &[0, 1][..], NoAction, Cascade);
    assert_eq!(keys(Line::TABLE), [composite]);
    assert_eq!(keys(Profile::TABLE)[0].4, Cascade);
}

#[test]
fn foreign_keys_are_indexed_once() {
    let own = [("tasks_reviewer_id_idx", false), ("tasks_user_id_idx", false), ("tasks_country_idx", false)];
    assert_eq!(indexes(Task::TABLE), own);
    assert_eq!(indexes(Profile::TABLE), []);
    assert_eq!(indexes(Line::TABLE), [("parts_shopId_orderNo_id_idx", false)]);
    assert_eq!(
        indexes(PostTag::TABLE),
        [("post_tags_tag_id_post_id_idx", true), ("post_tags_post_id_idx", false)]
    );
}

#[test]
fn texts_that_refer_compare_bytes() {
    assert!(Task::COUNTRY.def().binary && Tag::NAME.def().binary && PostTag::TAG_ID.def().binary);
    assert!(!Task::USER_ID.def().binary);
}

fn columns(link: &Link) -> (&'static str, &'static [usize], &'static str, &'static [usize]) {
    (link.source.name, link.near, link.target.name, link.far)
}

#[test]
fn associations_know_their_link() {
    let tasks: Association<User, Task, HasMany<Optional>> = User::TASKS;
    assert_eq!(columns(&tasks.link()), ("users", &[0][..], "tasks", &[1][..]));
    let profile: Association<User, Profile, HasOne<Required>> = User::PROFILE;
    assert_eq!(columns(&profile.link()), ("users", &[0][..], "profiles", &[0][..]));
    let boss: Association<User, User, BelongsTo<Optional>> = User::BOSS;
    assert_eq!(columns(&boss.link()), ("users", &[1][..], "users", &[0][..]));
    assert_eq!(columns(&User::MINIONS.link()), ("users", &[0][..], "users", &[1][..]));
    assert_eq!(columns(&Task::HOME.link()), ("tasks", &[2][..], "countries", &[1][..]));
    let reviewer: Association<Task, User, BelongsTo<Required>> = Task::REVIEWER;
    assert_eq!((reviewer.name(), columns(&reviewer.link()).1), ("reviewer", &[3][..]));
    assert_eq!(columns(&Order::LINES.link()), ("orders", &[0, 1][..], "parts", &[1, 2][..]));
    assert_eq!(columns(&Line::ORDER.link()), ("parts", &[1, 2][..], "orders", &[0, 1][..]));
    assert_eq!((Task::USER.name(), Profile::USER.name()), ("user", "user"));
}

#[test]
fn join_tables_lie_between() {
    let tags: Association<Post, Tag, ManyToMany<PostTag>> = Post::TAGS;
    let link = tags.link();
    assert_eq!(columns(&link), ("posts", &[0][..], "tags", &[0][..]));
    let through = link.through.expect("a join table");
    assert_eq!((through.table.name, through.near, through.far), ("post_tags", &[1][..], &[2][..]));
    let through = Tag::POSTS.link().through.expect("a join table");
    assert_eq!((through.near, through.far), (&[2][..], &[1][..]));
    assert_eq!((PostTag::POST.name(), PostTag::TAG.name()), ("post", "tag"));
}

#[derive(Model, Clone)]
#[model(many_to_many(groups: Group, through = "memberships"))]
#[model(many_to_many(friends: Person, through = "friendships", other_key = "friend_id"))]
struct Person {
    id: u64,
}

#[derive(Model, Clone)]
#[model(many_to_many(people: Person, through = "memberships"))]
struct Group {
    #[model(primary_key)]
    name: String,
}

#[test]
fn join_tables_need_no_model() {
    let groups: Association<Person, Group, ManyToMany<()>> = Person::GROUPS;
    let [near, far] = [groups.link(), Group::PEOPLE.link()].map(|link| link.through.expect("a join table"));
    assert_eq!((near.near, near.far, far.near, far.far), (&[1][..], &[0][..], &[0][..], &[1][..]));
    for table in [near.table, far.table] {
        let names: Vec<_> = table.columns.iter().map(|column| (column.name, column.binary)).collect();
        assert_eq!(
            (table.name, &names[..]),
            ("memberships", &[("group_id", true), ("person_id", false)][..])
        );
        assert_eq!(
            keys(table)[1],
            ("memberships_person_id_fkey", &[1][..], "people", &[0][..], Action::Cascade, Action::Cascade)
        );
        assert_eq!(indexes(table), [("memberships_person_id_idx", false)]);
    }
    let names: Vec<_> = Person::TABLE.joins.iter().map(|join| join().name).collect();
    assert_eq!(names, ["memberships", "friendships"]);
    let friends = Person::FRIENDS.link().through.expect("a join table");
    assert_eq!((friends.near, friends.far), (&[1][..], &[0][..]));
}
