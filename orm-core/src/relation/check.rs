//! What is checked of an association at compile time. The derive calls these in constants, at the place of the attribute.

use crate::model::{Column, SameKey};
use crate::schema::{DataType, Table};
use crate::types::Nullable;

/// Asks that a foreign key of these types can hold that key.
pub const fn same_key<F: SameKey<K>, K>() {}

/// Asks that a foreign key of this type can hold that column.
pub const fn same_column<F: SameKey<K::Plain>, M, K: Nullable>(_: Column<M, K>) {}

/// Asks that a foreign key may refer to these columns.
///
/// # Panics
/// At compile time, where no two rows could be kept from having the same values, or text is compared without regard to case.
pub const fn can_be_referred_to(table: &Table, columns: &[usize]) {
    // A model with mistakes has no columns, and they are reported already.
    if table.columns.is_empty() {
        return;
    }
    assert!(
        is_unique(table, columns),
        "`target_key` is unique: add `unique` to the field that it names, or one `unique(..)` over several"
    );
    let mut n = 0;
    while n < columns.len() {
        let column = &table.columns[columns[n]];
        assert!(
            column.binary || !matches!(column.data_type, DataType::String { .. } | DataType::Text),
            "a foreign key compares text byte by byte: add `case_sensitive` to the field that `target_key` names"
        );
        n += 1;
    }
}

/// Asks that a join table, with these foreign keys, holds each pair once.
///
/// # Panics
/// At compile time, where it may hold one twice.
pub const fn is_pair(table: &Table, near: usize, far: usize) {
    if table.columns.is_empty() {
        return;
    }
    let (near, far) = (table.foreign_keys[near].columns, table.foreign_keys[far].columns);
    let mut unique = within(table.primary_key, near, far);
    let mut n = 0;
    while n < table.indexes.len() {
        unique |= table.indexes[n].unique && within(table.indexes[n].columns, near, far);
        n += 1;
    }
    assert!(
        unique,
        "a join table holds each pair once: make both foreign keys of its model the primary key, or add `unique(..)` over them"
    );
}

/// Asks that a join table without a model can hold the key of this table.
///
/// # Panics
/// At compile time, where the key has several columns.
pub const fn has_key_of_one_column(table: &Table) {
    assert!(
        table.columns.is_empty() || table.primary_key.len() == 1,
        "a join table named by a text holds keys of one column: write a struct for it and name that, `through = PostTag`"
    );
}

/// Whether all of these columns are in one of the two lists.
const fn within(columns: &[usize], one: &[usize], other: &[usize]) -> bool {
    let mut n = 0;
    while n < columns.len() {
        if !contains(one, columns[n]) && !contains(other, columns[n]) {
            return false;
        }
        n += 1;
    }
    true
}

/// Whether these columns are the primary key or a unique index, in any order.
const fn is_unique(table: &Table, columns: &[usize]) -> bool {
    if same_set(table.primary_key, columns) {
        return true;
    }
    let mut n = 0;
    while n < table.indexes.len() {
        let index = &table.indexes[n];
        if index.unique && same_set(index.columns, columns) {
            return true;
        }
        n += 1;
    }
    false
}

/// Whether both have the same members, none of them twice.
const fn same_set(one: &[usize], other: &[usize]) -> bool {
    one.len() == other.len() && within(one, other, &[]) && within(other, one, &[])
}

const fn contains(list: &[usize], wanted: usize) -> bool {
    let mut n = 0;
    while n < list.len() {
        if list[n] == wanted {
            return true;
        }
        n += 1;
    }
    false
}
