//! Dropping and emptying tables, none of them from under the feet of another.

use super::create::{complete, create};
use super::look::{must_be_free, position, referenced, referrers, tell};
use super::{distinct, joins, order};
use crate::db::Handle;
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::schema::Table;
use crate::sql::ddl;

/// Refuses where other tables refer to these.
pub(super) fn free<'h>(handle: Handle<'h>, tables: &'h [&'static Table]) -> BoxFuture<'h, Result<()>> {
    Box::pin(async move {
        for table in tables {
            must_be_free(handle, table).await?;
        }
        Ok(())
    })
}

/// Drops tables. It has been looked that no other refers to them.
pub(super) fn drop_tables<'h>(handle: Handle<'h>, tables: &'h [&'static Table]) -> BoxFuture<'h, Result<()>> {
    Box::pin(async move {
        for table in tables {
            tell(handle, &ddl::drop_table(handle.dialect(), table)).await?;
        }
        Ok(())
    })
}

/// Empties tables. It has been looked that no other refers to them.
pub(super) fn truncate<'h>(handle: Handle<'h>, tables: &'h [&'static Table]) -> BoxFuture<'h, Result<()>> {
    Box::pin(async move {
        for table in tables {
            for statement in handle.dialect().truncate(table) {
                tell(handle, &statement).await?;
            }
        }
        Ok(())
    })
}

/// Refuses where tables other than these and their join tables refer to one of them, and where they could not be created anew.
pub(super) fn closed<'h>(handle: Handle<'h>, tables: &'h [&'static Table]) -> BoxFuture<'h, Result<()>> {
    Box::pin(async move {
        links(handle, &with_joins(tables)?).await?;
        complete(handle, tables).await.map(drop)
    })
}

/// Drops tables and their join tables, which may refer to each other, and creates them anew.
pub(super) fn replace<'h>(handle: Handle<'h>, tables: &'h [&'static Table]) -> BoxFuture<'h, Result<()>> {
    Box::pin(async move {
        drop_all(handle, tables).await?;
        create(handle, tables).await
    })
}

/// A foreign key that is there, between two tables of the list.
struct Link {
    from: usize,
    to: usize,
    constraint: String,
}

fn with_joins(tables: &[&'static Table]) -> Result<Vec<&'static Table>> {
    let mut tables = distinct(tables);
    tables.extend(joins(&tables)?);
    Ok(tables)
}

/// The foreign keys between these tables.
///
/// # Errors
/// `TableReferenced` where another table refers to one of them.
async fn links(handle: Handle<'_>, tables: &[&'static Table]) -> Result<Vec<Link>> {
    let mut links = Vec::new();
    for (to, table) in tables.iter().enumerate() {
        for referrer in referrers(handle, table).await? {
            match position(tables, &referrer.table) {
                Some(from) => links.push(Link { from, to, constraint: referrer.constraint }),
                None => return Err(referenced(table, vec![referrer.table])),
            }
        }
    }
    Ok(links)
}

async fn drop_all(handle: Handle<'_>, tables: &[&'static Table]) -> Result<()> {
    let tables = with_joins(tables)?;
    let links = links(handle, &tables).await?;
    let mut targets = vec![Vec::new(); tables.len()];
    for link in &links {
        targets[link.from].push(link.to);
    }
    let mut order: Vec<usize> = order::groups(&targets).into_iter().flatten().collect();
    order.reverse();
    match handle.dialect().defer_foreign_keys() {
        Some(defer) => tell(handle, defer).await?,
        None => {
            // What closes a ring refers to a table that goes before its own.
            let turn = |table: usize| order.iter().position(|&n| n == table);
            for link in links.iter().filter(|link| turn(link.from) > turn(link.to)) {
                let table = tables[link.from].name;
                tell(handle, &ddl::drop_foreign_key(handle.dialect(), table, &link.constraint)).await?;
            }
        }
    }
    for n in order {
        tell(handle, &ddl::drop_table(handle.dialect(), tables[n])).await?;
    }
    Ok(())
}
