//! Creating tables with their indexes and foreign keys, in an order in which that can be done.

use super::look::{exists, names, position, same_name, tell};
use super::{distinct, order};
use crate::db::Handle;
use crate::error::{Error, Result};
use crate::schema::{ForeignKey, Table};
use crate::sql::ddl;

/// Creates what does not exist.
pub(super) async fn create(handle: Handle<'_>, tables: &[&'static Table]) -> Result<()> {
    let tables = complete(handle, tables).await?;
    let targets: Vec<Vec<usize>> = tables
        .iter()
        .map(|table| table.foreign_keys.iter().filter_map(|key| position(&tables, target(key))).collect())
        .collect();
    let groups = order::groups(&targets);
    let mut done = vec![false; tables.len()];
    for &n in groups.iter().flatten() {
        let table = tables[n];
        done[n] = true;
        let later = handle.dialect().foreign_key_names_sql().is_some();
        let inside = table
            .foreign_keys
            .iter()
            .filter(|key| !later || position(&tables, target(key)).is_none_or(|target| done[target]));
        tell(handle, &ddl::create_table(handle.dialect(), table, inside)).await?;
        create_missing_indexes(handle, table).await?;
    }
    // A ring is left open by whoever created it and did not come to its end, so every link of it is looked at.
    for group in groups.iter().filter(|group| group.len() > 1) {
        for &n in group {
            let of_ring = |key: &&ForeignKey| {
                position(&tables, target(key)).is_some_and(|target| target != n && group.contains(&target))
            };
            add_missing(handle, tables[n], tables[n].foreign_keys.iter().filter(of_ring)).await?;
        }
    }
    Ok(())
}

fn target(key: &ForeignKey) -> &'static str {
    (key.target)().name
}

/// These tables, each once, and those of their join tables whose ends are there too.
///
/// # Errors
/// `TableMissing` where one refers to a table that is neither among them nor there.
pub(super) async fn complete(handle: Handle<'_>, tables: &[&'static Table]) -> Result<Vec<&'static Table>> {
    let mut tables = distinct(tables);
    let mut known = Vec::new();
    for &table in &tables {
        let missing = absent(handle, table, &tables, &mut known).await?;
        if !missing.is_empty() {
            return Err(Error::TableMissing { table: table.name, missing: Box::new(missing) });
        }
    }
    for join in super::joins(&tables)? {
        if absent(handle, join, &tables, &mut known).await?.is_empty() {
            tables.push(join);
        }
    }
    Ok(tables)
}

/// The names of the tables that this one refers to, and that are neither in the list nor there. `known` is what was asked for before.
async fn absent(
    handle: Handle<'_>,
    table: &'static Table,
    tables: &[&'static Table],
    known: &mut Vec<(&'static str, bool)>,
) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for key in table.foreign_keys {
        let target = (key.target)();
        if position(tables, target.name).is_some() {
            continue;
        }
        let there = match known.iter().find(|(name, _)| *name == target.name) {
            Some((_, there)) => *there,
            None => {
                let there = exists(handle, target).await?;
                known.push((target.name, there));
                there
            }
        };
        if !there && !missing.iter().any(|name| name == target.name) {
            missing.push(target.name.to_owned());
        }
    }
    Ok(missing)
}

async fn create_missing_indexes(handle: Handle<'_>, table: &'static Table) -> Result<()> {
    if table.indexes.is_empty() {
        return Ok(());
    }
    let sql = handle.dialect().index_names_sql();
    let present = names(handle, sql, table).await?;
    for index in table.indexes {
        if has(&present, index.name) {
            continue;
        }
        if let Err(error) = tell(handle, &ddl::create_index(handle.dialect(), table, index)).await {
            // Somebody else may have been faster; then it is there now.
            if !has(&names(handle, sql, table).await?, index.name) {
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Adds those of these foreign keys that the table does not have, where they do not all stand inside CREATE TABLE.
async fn add_missing(
    handle: Handle<'_>,
    table: &'static Table,
    keys: impl Iterator<Item = &'static ForeignKey> + Send,
) -> Result<()> {
    let Some(sql) = handle.dialect().foreign_key_names_sql() else { return Ok(()) };
    let present = names(handle, sql, table).await?;
    for key in keys.filter(|key| !has(&present, key.name)) {
        if let Err(error) = tell(handle, &ddl::add_foreign_key(handle.dialect(), table, key)).await {
            // As above.
            if !has(&names(handle, sql, table).await?, key.name) {
                return Err(error);
            }
        }
    }
    Ok(())
}

fn has(present: &[String], name: &str) -> bool {
    present.iter().any(|present| same_name(present, name))
}
