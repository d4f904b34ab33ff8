//! How many statements reach the server, by its own counter.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{Comment, Profile, Task, User};
use crate::statements::Listener;
use crate::{cases, check, check_eq};

cases![reading, limits_for_each, creating, linking];

/// What one transaction's connection has sent so far: SELECT, INSERT, UPDATE, DELETE.
struct Counter<'t> {
    tx: &'t Transaction,
    /// SQLite is no server and counts nothing, so there it is what the log says.
    log: Option<Listener>,
    before: [u64; 4],
}

impl<'t> Counter<'t> {
    async fn start(fixture: &Fixture, tx: &'t Transaction) -> Result<Self, Error> {
        let log = fixture.is_sqlite().then(Listener::start);
        let mut this = Self { tx, log, before: [0; 4] };
        this.before = this.now().await?;
        Ok(this)
    }

    async fn now(&self) -> Result<[u64; 4], Error> {
        if let Some(log) = &self.log {
            let sql = log.sql();
            let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE"];
            return Ok(verbs.map(|verb| sql.iter().filter(|sql| sql.starts_with(verb)).count() as u64));
        }
        let sql = "SHOW SESSION STATUS WHERE Variable_name IN ('Com_select', 'Com_insert', 'Com_update', 'Com_delete')";
        let rows: Vec<(String, String)> = self.tx.query_as(sql, ()).await?;
        Ok(["Com_select", "Com_insert", "Com_update", "Com_delete"].map(|name| {
            let row = rows.iter().find(|(variable, _)| variable == name);
            row.and_then(|(_, value)| value.parse().ok()).unwrap_or(u64::MAX)
        }))
    }

    /// What was sent since the last time.
    async fn sent(&mut self) -> Result<[u64; 4], Error> {
        let now = self.now().await?;
        let before = if self.log.is_some() { [0; 4] } else { self.before };
        self.before = now;
        Ok(std::array::from_fn(|n| now[n] - before[n]))
    }
}

/// Forty users with three tasks each, those with two comments each.
async fn fill_many(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[User::TABLE, Profile::TABLE, Task::TABLE, Comment::TABLE]).await?;
    let task = |n: u32| {
        let comments = ["good", "better"].map(|body| Comment::build().body(body));
        Task::build().title(format!("task {n}")).with_comments(comments)
    };
    let user = |n: u32| User::build().name(format!("user {n}")).with_tasks((0..3).map(task));
    User::bulk_create(db, (0..40).map(user)).await?;
    Ok(())
}

async fn reading(fixture: &Fixture) -> Outcome {
    fill_many(fixture).await?;
    let sent = fixture
        .db
        .transaction(async |tx| {
            let mut counter = Counter::start(fixture, tx).await?;
            let tasks = User::TASKS.include(Task::COMMENTS.include(Comment::TASK)).include(Task::USER);
            let users = User::find().include(User::PROFILE).include(tasks).all(tx).await?;
            assert_eq!((users.len(), users[39].2.len(), users[39].2[2].1.len()), (40, 3, 2));
            let deep = counter.sent().await?;
            let users = User::find().all(tx).await?;
            User::TASKS.include(Task::COMMENTS).load(tx, &users).await?;
            let afterwards = counter.sent().await?;
            User::find().include(User::TASKS.count()).all(tx).await?;
            Ok([deep, afterwards, counter.sent().await?])
        })
        .await?;
    // Users with their profiles, tasks with their users, comments with their tasks.
    check_eq!(sent, [[3, 0, 0, 0], [3, 0, 0, 0], [2, 0, 0, 0]]);
    Ok(())
}

async fn limits_for_each(fixture: &Fixture) -> Outcome {
    fill_many(fixture).await?;
    let sent = fixture
        .db
        .transaction(async |tx| {
            let mut counter = Counter::start(fixture, tx).await?;
            let newest = User::TASKS.order_by(Task::ID.desc()).limit(1).include(Task::COMMENTS.limit(1));
            let users = User::find().include(newest).all(tx).await?;
            assert!(users.iter().all(|(_, tasks)| tasks.len() == 1 && tasks[0].1.len() == 1));
            counter.sent().await
        })
        .await?;
    // A UNION of a SELECT for each is one statement.
    check_eq!(sent, [3, 0, 0, 0]);
    Ok(())
}

async fn creating(fixture: &Fixture) -> Outcome {
    fill_many(fixture).await?;
    let sent = fixture
        .db
        .transaction(async |tx| {
            let mut counter = Counter::start(fixture, tx).await?;
            let comments = || ["one", "two"].map(|body| Comment::build().body(body));
            let task = |n: u32| Task::build().title(n.to_string()).with_comments(comments());
            let user = |n: u32| User::build().name(n.to_string()).with_tasks((0..5).map(task));
            User::bulk_create(tx, (0..30).map(user)).await?;
            counter.sent().await
        })
        .await?;
    // One INSERT a level.
    check_eq!(sent, [0, 3, 0, 0]);
    check!(Comment::find().count(&fixture.db).await? == 40 * 3 * 2 + 30 * 5 * 2);
    Ok(())
}

async fn linking(fixture: &Fixture) -> Outcome {
    fill_many(fixture).await?;
    let sent = fixture
        .db
        .transaction(async |tx| {
            let users = User::find().limit(2).order_by(User::ID).all(tx).await?;
            let mut counter = Counter::start(fixture, tx).await?;
            users[0].add_tasks(tx, [4, 5, 6]).await?;
            let added = counter.sent().await?;
            users[0].set_tasks(tx, [1, 2, 3, 7, 8]).await?;
            let set = counter.sent().await?;
            users[0].set_tasks(tx, [8, 7, 3, 2, 1]).await?;
            let same = counter.sent().await?;
            users[0].remove_tasks(tx, [1, 2]).await?;
            Ok([added, set, same, counter.sent().await?])
        })
        .await?;
    check_eq!(sent, [[0, 0, 1, 0], [1, 0, 2, 0], [1, 0, 0, 0], [0, 0, 1, 0]]);
    Ok(())
}
