//! The statements that one connection has prepared.

use std::num::NonZeroUsize;

use lru::LruCache;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Error as DriverFailure, Statement as Handle};

use crate::driver::Statement;

/// How many statements of no fixed shape stay prepared.
const DYNAMIC: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not zero");

/// Their handles. A new session has none.
pub(super) struct Handles {
    /// Those of fixed shape, by their number.
    fixed: Vec<Option<Handle>>,
    /// The others, by their text.
    dynamic: LruCache<Box<str>, Handle>,
}

impl Default for Handles {
    fn default() -> Self {
        Self { fixed: Vec::new(), dynamic: LruCache::new(DYNAMIC) }
    }
}

impl Handles {
    /// That of this statement: a round trip where it is not there yet.
    pub(super) async fn get(
        &mut self,
        conn: &mut Conn,
        statement: Statement<'_>,
    ) -> Result<Handle, DriverFailure> {
        let Statement::Fixed { id, sql } = statement else {
            return self.dynamic(conn, statement.sql()).await;
        };
        let number = id.number();
        if number >= self.fixed.len() {
            self.fixed.resize(number + 1, None);
        }
        Ok(match &self.fixed[number] {
            Some(handle) => handle.clone(),
            None => self.fixed[number].insert(conn.prep(sql).await?).clone(),
        })
    }

    async fn dynamic(&mut self, conn: &mut Conn, sql: &str) -> Result<Handle, DriverFailure> {
        if let Some(handle) = self.dynamic.get(sql) {
            return Ok(handle.clone());
        }
        let handle = conn.prep(sql).await?;
        if let Some((_, evicted)) = self.dynamic.push(sql.into(), handle.clone()) {
            conn.close(evicted).await?;
        }
        Ok(handle)
    }

    /// The server does not know it any more: the next of its kind is prepared anew.
    pub(super) fn forget(&mut self, statement: Statement<'_>) {
        match statement {
            Statement::Fixed { id, .. } => self.fixed[id.number()] = None,
            Statement::Dynamic(sql) => drop(self.dynamic.pop(sql)),
            Statement::Text(_) => {}
        }
    }
}
