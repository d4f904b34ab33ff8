//! Who takes part, and how each is made to work without a cost of its own.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};

use crate::cells::{Cells, Row};
use crate::clock::{Clock, Cost};
use crate::data::NewItem;
use crate::workload::{Input, Workload};

/// A way to talk to a database: one method per workload, on one connection.
///
/// Each gives records of its own types, as an application that uses it would have them.
#[allow(async_fn_in_trait)]
pub trait Contestant {
    type Item: Cells;
    type Wide: Cells;
    /// A row of the table that is written to.
    type Saved: Cells;

    /// The heading of its results.
    fn name(&self) -> &'static str;
    /// Whether there is a way to do this. What is not offered is left out of the results.
    fn offers(&self, _workload: Workload) -> bool {
        true
    }
    async fn find_by_key(&mut self, id: u64) -> Result<Option<Self::Item>>;
    async fn find_some(&mut self, limit: u64) -> Result<Vec<Self::Item>>;
    async fn find_all(&mut self) -> Result<Vec<Self::Item>>;
    async fn find_wide(&mut self) -> Result<Vec<Self::Wide>>;
    async fn insert(&mut self, item: NewItem) -> Result<Self::Saved>;
    async fn bulk_insert(&mut self, items: Vec<NewItem>) -> Result<Vec<Self::Saved>>;
    async fn update(&mut self, id: u64, stock: i64) -> Result<()>;
    /// Deletes from the table that is written to.
    async fn delete(&mut self, id: u64) -> Result<()>;
    /// A transaction that finds the item and sets its stock.
    async fn transaction(&mut self, id: u64, stock: i64) -> Result<Option<Self::Item>>;
    async fn page(&mut self, category: &str, price: f64) -> Result<Vec<Self::Item>>;
}

/// A pool of ten connections to a database.
pub trait Pooled: Clone + Send + 'static {
    type Item: Cells + Send;

    /// The heading of its results.
    fn name(&self) -> &'static str;
    fn find_by_key(&self, id: u64) -> impl Future<Output = Result<Option<Self::Item>>> + Send;
}

/// A boxed future: one a slot, none a piece of work.
pub type Local<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// A contestant whose types are forgotten.
pub trait Entrant {
    fn name(&self) -> &'static str;
    /// Whether it takes part in this.
    fn offers(&self, _workload: Workload) -> bool {
        true
    }
    /// Does one piece of work and gives what it read, or the records that it wrote.
    fn once(&mut self, input: Input) -> Local<'_, Vec<Row>>;
    /// Does all of this and gives what it cost.
    fn slot(&mut self, inputs: Vec<Input>) -> Local<'_, Cost>;
}

/// Enters a contestant of one connection.
pub struct Single<C>(pub C);

/// Enters a pool, with so many tasks that want a connection at a time.
pub struct Crowd<P>(pub P, pub usize);

/// What a piece of work gave.
enum Output<C: Contestant> {
    Item(Option<C::Item>),
    Items(Vec<C::Item>),
    Wides(Vec<C::Wide>),
    Saved(C::Saved),
    SavedAll(Vec<C::Saved>),
    Nothing,
}

async fn work<C: Contestant>(contestant: &mut C, input: Input) -> Result<Output<C>> {
    Ok(match input {
        Input::FindByKey(id) => Output::Item(contestant.find_by_key(id).await?),
        Input::FindSome(limit) => Output::Items(contestant.find_some(limit).await?),
        Input::FindAll => Output::Items(contestant.find_all().await?),
        Input::FindWide => Output::Wides(contestant.find_wide().await?),
        Input::Insert(item) => Output::Saved(contestant.insert(item).await?),
        Input::BulkInsert(items) => Output::SavedAll(contestant.bulk_insert(items).await?),
        Input::Page { category, price } => Output::Items(contestant.page(&category, price).await?),
        Input::Update { id, stock } => {
            contestant.update(id, stock).await?;
            Output::Nothing
        }
        Input::Delete(id) => {
            contestant.delete(id).await?;
            Output::Nothing
        }
        Input::Transaction { id, stock } => Output::Item(contestant.transaction(id, stock).await?),
        Input::Nested | Input::Many => bail!("includes have contestants of their own"),
    })
}

impl<C: Contestant> Entrant for Single<C> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn offers(&self, workload: Workload) -> bool {
        self.0.offers(workload)
    }

    fn once(&mut self, input: Input) -> Local<'_, Vec<Row>> {
        Box::pin(async move {
            Ok(match work(&mut self.0, input).await? {
                Output::Item(item) => item.iter().map(Cells::cells).collect(),
                Output::Items(items) => items.iter().map(Cells::cells).collect(),
                Output::Wides(wides) => wides.iter().map(Cells::cells).collect(),
                Output::Saved(item) => vec![item.cells()],
                Output::SavedAll(items) => items.iter().map(Cells::cells).collect(),
                Output::Nothing => Vec::new(),
            })
        })
    }

    fn slot(&mut self, inputs: Vec<Input>) -> Local<'_, Cost> {
        Box::pin(async move {
            let clock = Clock::start();
            for input in inputs {
                black_box(work(&mut self.0, input).await?);
            }
            Ok(clock.stop())
        })
    }
}

impl<P: Pooled> Entrant for Crowd<P> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn once(&mut self, input: Input) -> Local<'_, Vec<Row>> {
        Box::pin(async move {
            let [key] = keys(vec![input])?[..] else { bail!("one key, one row") };
            Ok(self.0.find_by_key(key).await?.iter().map(Cells::cells).collect())
        })
    }

    fn slot(&mut self, inputs: Vec<Input>) -> Local<'_, Cost> {
        Box::pin(async move {
            let keys: Arc<[u64]> = keys(inputs)?.into();
            let next = Arc::new(AtomicUsize::new(0));
            let clock = Clock::start();
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..self.1 {
                let (pool, keys, next) = (self.0.clone(), Arc::clone(&keys), Arc::clone(&next));
                tasks.spawn(async move {
                    while let Some(&key) = keys.get(next.fetch_add(1, Ordering::Relaxed)) {
                        black_box(pool.find_by_key(key).await?);
                    }
                    anyhow::Ok(())
                });
            }
            while let Some(ended) = tasks.join_next().await {
                ended??;
            }
            Ok(clock.stop())
        })
    }
}

fn keys(inputs: Vec<Input>) -> Result<Vec<u64>> {
    let key = |input| match input {
        Input::FindByKey(id) => Ok(id),
        other => bail!("a pool is only asked for keys, not for {other:?}"),
    };
    inputs.into_iter().map(key).collect()
}
