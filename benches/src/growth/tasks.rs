//! Tasks that each want a connection of a pool of ten, for one row by key.

use anyhow::Result;

use super::{Subject, Worker};
use crate::contestant::{Local, Pooled};
use crate::contestants::ours::Ours;
use crate::contestants::raw_pool::Tuned;
use crate::data::{self, ROWS};

pub async fn subject(url: &str) -> Result<Subject> {
    Ok(Subject {
        title: "Tasks over a pool of ten, each of which finds one row",
        units: "tasks",
        unit: "task",
        sizes: vec![1, 10, 64, 100, 1_000],
        memory: true,
        workers: vec![
            Box::new(Burst(Ours::connect(url, 10).await?)),
            Box::new(Burst(Tuned::new("mysql_async, tuned pool", url)?)),
        ],
    })
}

/// So many tasks at once.
struct Burst<P>(P);

impl<P: Pooled> Worker for Burst<P> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn work(&mut self, tasks: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let mut running = tokio::task::JoinSet::new();
            for n in 0..tasks {
                let pool = self.0.clone();
                running.spawn(async move { pool.find_by_key(1 + data::scattered(n) % ROWS).await });
            }
            let mut found = 0;
            while let Some(ended) = running.join_next().await {
                found += u64::from(ended??.is_some());
            }
            Ok(found)
        })
    }
}
