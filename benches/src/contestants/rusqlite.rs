//! Hand-written `rusqlite`: on the caller's thread, and on a thread of its own as an async program has to.

use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::{Connection, Row, params_from_iter, types::Value};
use tokio::sync::oneshot;

use super::raw::{ALL, BY_KEY, DELETE, Item, PAGE, SOME, UPDATE, WIDE, Wide, insert, saved};
use crate::contestant::Contestant;
use crate::data::NewItem;

const TIME: &str = "%Y-%m-%d %H:%M:%S%.6f";

/// Rows of one statement of a bulk insert.
pub const CHUNK: usize = 1_000;

/// What everybody opens a file with, as we do.
pub const SETTINGS: &str = "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;";
/// Statements that a connection keeps prepared, as ours.
pub const STATEMENTS: usize = 128;

fn open(path: &str) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(SETTINGS)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

fn moment(text: &str) -> rusqlite::Result<DateTime<Utc>> {
    let moment = NaiveDateTime::parse_from_str(text, TIME);
    moment.map(|moment| moment.and_utc()).map_err(wrong)
}

fn wrong(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(Box::new(error))
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        name: row.get(1)?,
        category: row.get(2)?,
        price: row.get(3)?,
        stock: row.get(4)?,
        added: moment(row.get_ref(5)?.as_str()?)?,
    })
}

fn wide(row: &Row<'_>) -> rusqlite::Result<Wide> {
    Ok(Wide {
        id: row.get(0)?,
        small: row.get(1)?,
        medium: row.get(2)?,
        big: row.get(3)?,
        flag: row.get(4)?,
        ratio: row.get(5)?,
        title: row.get(6)?,
        code: row.get(7)?,
        body: row.get(8)?,
        note: row.get(9)?,
        parent: row.get(10)?,
        made: moment(row.get_ref(11)?.as_str()?)?,
        day: row.get_ref(12)?.as_str()?.parse().map_err(wrong)?,
        amount: row.get_ref(13)?.as_str()?.parse().map_err(wrong)?,
        document: serde_json::from_slice(row.get_ref(14)?.as_str()?.as_bytes()).map_err(wrong)?,
        payload: row.get(15)?,
    })
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    Ok(connection.prepare_cached(sql)?.query_map(params, read)?.collect::<rusqlite::Result<_>>()?)
}

fn send(connection: &Connection, items: &[NewItem]) -> Result<i64> {
    let params = items.iter().flat_map(|item| {
        [
            Value::Text(item.name.clone()),
            Value::Text(item.category.clone()),
            Value::Real(item.price),
            Value::Integer(item.stock),
            Value::Text(item.added.format(TIME).to_string()),
        ]
    });
    connection.prepare_cached(&insert(items.len()))?.execute(params_from_iter(params))?;
    Ok(connection.last_insert_rowid())
}

fn bulk_insert(connection: &mut Connection, items: Vec<NewItem>) -> Result<Vec<Item>> {
    let transaction = connection.transaction()?;
    let mut last = 0;
    for chunk in items.chunks(CHUNK) {
        last = send(&transaction, chunk)?;
    }
    transaction.commit()?;
    let last = u64::try_from(last)?;
    let ids = last + 1 - items.len() as u64..;
    Ok(items.into_iter().zip(ids).map(|(new, id)| saved(new, id)).collect())
}

/// Runs closures on a connection.
pub trait Place {
    const NAME: &'static str;
    async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T>;
}

/// On the caller's thread.
pub struct Here(Connection);

/// On a thread of its own.
pub struct Elsewhere(mpsc::Sender<Job>);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

impl Here {
    pub fn open(path: &str) -> Result<Self> {
        Ok(Self(open(path)?))
    }
}

impl Elsewhere {
    pub fn open(path: &str) -> Result<Self> {
        let mut connection = open(path)?;
        let (jobs, wanted) = mpsc::channel::<Job>();
        std::thread::spawn(move || wanted.into_iter().for_each(|job| job(&mut connection)));
        Ok(Self(jobs))
    }
}

impl Place for Here {
    const NAME: &'static str = "rusqlite, same thread";

    async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        work(&mut self.0)
    }
}

impl Place for Elsewhere {
    const NAME: &'static str = "rusqlite, own thread";

    async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| drop(reply.send(work(connection))));
        self.0.send(job).map_err(|_| anyhow!("the thread is gone"))?;
        answer.await?
    }
}

/// `rusqlite` on one of the two.
pub struct Rusqlite<P>(pub P);

impl<P: Place> Contestant for Rusqlite<P> {
    type Item = Item;
    type Wide = Wide;
    type Saved = Item;

    fn name(&self) -> &'static str {
        P::NAME
    }

    async fn find_by_key(&mut self, id: u64) -> Result<Option<Item>> {
        self.0.run(move |connection| Ok(all(connection, BY_KEY, (id,), item)?.pop())).await
    }

    async fn find_some(&mut self, limit: u64) -> Result<Vec<Item>> {
        self.0.run(move |connection| all(connection, SOME, (limit,), item)).await
    }

    async fn find_all(&mut self) -> Result<Vec<Item>> {
        self.0.run(|connection| all(connection, ALL, (), item)).await
    }

    async fn find_wide(&mut self) -> Result<Vec<Wide>> {
        self.0.run(|connection| all(connection, WIDE, (), wide)).await
    }

    async fn insert(&mut self, new: NewItem) -> Result<Item> {
        self.0
            .run(|connection| {
                let id = send(connection, std::slice::from_ref(&new))?;
                Ok(saved(new, u64::try_from(id)?))
            })
            .await
    }

    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Item>> {
        self.0.run(|connection| bulk_insert(connection, items)).await
    }

    async fn update(&mut self, id: u64, stock: i64) -> Result<()> {
        self.0
            .run(move |connection| {
                connection.prepare_cached(UPDATE)?.execute((stock, id))?;
                Ok(())
            })
            .await
    }

    async fn delete(&mut self, id: u64) -> Result<()> {
        self.0
            .run(move |connection| {
                connection.prepare_cached(DELETE)?.execute((id,))?;
                Ok(())
            })
            .await
    }

    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Item>> {
        self.0
            .run(move |connection| {
                connection.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
                let found = all(connection, BY_KEY, (id,), item)?.pop();
                connection.prepare_cached(UPDATE)?.execute((stock, id))?;
                connection.prepare_cached("COMMIT")?.execute(())?;
                Ok(found.map(|item| Item { stock, ..item }))
            })
            .await
    }

    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Item>> {
        let category = category.to_owned();
        self.0.run(move |connection| all(connection, PAGE, (category, price), item)).await
    }
}
