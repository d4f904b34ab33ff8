//! The driver's own pool: as it comes, and tuned by hand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Pool, PoolConstraints, PoolOpts, Statement};

use super::raw::{BY_KEY, Item, item, options};
use crate::contestant::Pooled;

fn ten() -> Result<PoolOpts> {
    let constraints = PoolConstraints::new(10, 10).context("ten is not above ten")?;
    Ok(PoolOpts::default().with_constraints(constraints))
}

/// As it comes, but for its size: every connection is reset when it comes back, which drops its statements.
#[derive(Clone)]
pub struct Stock(Pool);

impl Stock {
    pub fn new(url: &str) -> Result<Self> {
        Ok(Self(Pool::new(options(url)?.pool_opts(ten()?))))
    }
}

impl Pooled for Stock {
    type Item = Item;

    fn name(&self) -> &'static str {
        "mysql_async, stock pool"
    }

    async fn find_by_key(&self, id: u64) -> Result<Option<Item>> {
        let mut conn = self.0.get_conn().await?;
        Ok(conn.exec_first(BY_KEY, (id,)).await?.map(item))
    }
}

/// Without the reset, and with statements that are kept beside the pool, by connection.
#[derive(Clone)]
pub struct Tuned {
    name: &'static str,
    pool: Pool,
    statements: Arc<Mutex<HashMap<u32, Statement>>>,
}

impl Tuned {
    pub fn new(name: &'static str, url: &str) -> Result<Self> {
        let pool =
            ten()?.with_reset_connection(false).with_inactive_connection_ttl(Duration::from_secs(3_600));
        let pool = Pool::new(options(url)?.stmt_cache_size(0).pool_opts(pool));
        Ok(Self { name, pool, statements: Arc::default() })
    }

    async fn statement(&self, conn: &mut Conn) -> Result<Statement> {
        let kept = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(&conn.id()).cloned();
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let statement = conn.prep(BY_KEY).await?;
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).insert(conn.id(), statement.clone());
        Ok(statement)
    }
}

impl Pooled for Tuned {
    type Item = Item;

    fn name(&self) -> &'static str {
        self.name
    }

    async fn find_by_key(&self, id: u64) -> Result<Option<Item>> {
        let mut conn = self.pool.get_conn().await?;
        let statement = self.statement(&mut conn).await?;
        Ok(conn.exec_first(statement, (id,)).await?.map(item))
    }
}
