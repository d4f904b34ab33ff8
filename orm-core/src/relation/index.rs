//! Finding the near row that a far row belongs to: keys are hashed once, and never cloned or kept.

use std::hash::{BuildHasher as _, Hash, Hasher};

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::error::Result;
use crate::query::Keys;
use crate::value::Value;

/// A key to look for. Values that databases write in different classes are the same key: `Int` and `UInt`, `Text` and `Bytes`.
#[derive(Debug)]
pub(super) enum Key<'v> {
    One(Value<'v>),
    Several(Vec<Value<'v>>),
}

impl<'v> Key<'v> {
    /// The key that these values make; `None` where one of them is NULL.
    pub(super) fn of(mut values: impl ExactSizeIterator<Item = Result<Value<'v>>>) -> Result<Option<Self>> {
        if values.len() == 1
            && let Some(only) = values.next()
        {
            let only = only?;
            return Ok((!only.is_null()).then_some(Self::One(only)));
        }
        let values = values.collect::<Result<Vec<_>>>()?;
        Ok((!values.iter().any(Value::is_null)).then_some(Self::Several(values)))
    }

    fn values(&self) -> &[Value<'v>] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }
}

impl std::fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::One(value) => value.class(),
            Self::Several(_) => "a composite key",
        })
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.values(), other.values());
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
    }
}

impl Eq for Key<'_> {}

fn same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (integer(one), integer(other)) {
        (Some(one), Some(other)) => return one == other,
        (None, None) => {}
        _ => return false,
    }
    match (bytes(one), bytes(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one == other,
        _ => false,
    }
}

fn integer(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Int(number) => Some((*number).into()),
        Value::UInt(number) => Some((*number).into()),
        _ => None,
    }
}

fn bytes<'v>(value: &'v Value<'_>) -> Option<&'v [u8]> {
    match value {
        Value::Text(text) => Some(text.as_bytes()),
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for value in self.values() {
            match value {
                Value::Null => {}
                // The same bits for both, where the two are equal.
                Value::Int(number) => number.hash(state),
                Value::UInt(number) => number.cast_signed().hash(state),
                Value::Float(number) => number.to_bits().hash(state),
                Value::Double(number) => number.to_bits().hash(state),
                Value::Text(text) => text.as_bytes().hash(state),
                Value::Bytes(bytes) => bytes.hash(state),
                Value::Date(date) => date.hash(state),
                Value::Time(time) => time.hash(state),
                Value::DateTime(time) => time.hash(state),
            }
        }
    }
}

/// No group: the key is NULL.
const NONE: u32 = u32::MAX;

/// Whether a near row has this key.
fn has(keys: &dyn Keys, columns: &[usize], row: usize, key: &Key<'_>) -> bool {
    let values = key.values();
    let equal = |(&column, value)| keys.key(row, column).is_ok_and(|own| same(&own, value));
    columns.len() == values.len() && columns.iter().zip(values).all(equal)
}

/// The hash of a near row's key.
fn hash(hasher: &DefaultHashBuilder, keys: &dyn Keys, columns: &[usize], row: usize) -> u64 {
    match Key::of(columns.iter().map(|&column| keys.key(row, column))) {
        Ok(Some(key)) => hasher.hash_one(key),
        Ok(None) | Err(_) => 0,
    }
}

/// The near rows by their keys. Rows with the same key are one group.
#[derive(Debug)]
pub(super) struct Index<'k> {
    keys: &'k dyn Keys,
    columns: &'static [usize],
    hasher: DefaultHashBuilder,
    /// Only the groups: their keys are in the near rows.
    groups: HashTable<u32>,
    /// A near row of each group.
    rows: Vec<usize>,
}

/// The group of each near row, and how many groups there are.
#[derive(Debug, Default)]
pub(super) struct Groups {
    of_row: Vec<u32>,
    pub(super) count: usize,
}

impl std::fmt::Debug for dyn Keys + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("count", &self.count()).finish()
    }
}

impl<'k> Index<'k> {
    /// Indexes all near rows by these of their columns.
    pub(super) fn new(keys: &'k dyn Keys, columns: &'static [usize]) -> Result<(Self, Groups)> {
        let count = keys.count();
        let hasher = DefaultHashBuilder::default();
        let mut groups = HashTable::with_capacity(count);
        let mut rows = Vec::with_capacity(count);
        let mut of_row = Vec::with_capacity(count);
        for row in 0..count {
            let Some(key) = Key::of(columns.iter().map(|&column| keys.key(row, column)))? else {
                of_row.push(NONE);
                continue;
            };
            let equal = |group: &u32| has(keys, columns, rows[*group as usize], &key);
            // Only where there is no room left, and there is room for all.
            let again = |group: &u32| hash(&hasher, keys, columns, rows[*group as usize]);
            let group = match groups.entry(hasher.hash_one(&key), equal, again) {
                Entry::Occupied(group) => *group.get(),
                Entry::Vacant(place) => {
                    let next = u32::try_from(rows.len()).unwrap_or(NONE);
                    place.insert(next);
                    rows.push(row);
                    next
                }
            };
            of_row.push(group);
        }
        let of_rows = Groups { of_row, count: rows.len() };
        Ok((Self { keys, columns, hasher, groups, rows }, of_rows))
    }

    /// The group of this key.
    pub(super) fn group(&self, key: &Key<'_>) -> Option<u32> {
        let equal = |group: &u32| has(self.keys, self.columns, self.rows[*group as usize], key);
        self.groups.find(self.hasher.hash_one(key), equal).copied()
    }

    /// The keys of these groups, to be sent.
    pub(super) fn values(&self, groups: std::ops::Range<usize>) -> Result<Vec<Vec<Value<'static>>>> {
        self.rows[groups]
            .iter()
            .map(|&row| {
                self.columns.iter().map(|&column| Ok(self.keys.key(row, column)?.into_owned())).collect()
            })
            .collect()
    }
}

impl Groups {
    /// What each near row gets, of what each group has: moved to the last row of a group, cloned for those before it.
    pub(super) fn hand_out<T: Clone + Default>(&mut self, mut of_group: Vec<T>) -> Vec<T> {
        let of_row = std::mem::take(&mut self.of_row);
        // Most often no two rows have the same key.
        if of_row.len() == self.count {
            return of_group;
        }
        let mut uses = vec![0_u32; self.count];
        for &group in of_row.iter().filter(|group| **group != NONE) {
            uses[group as usize] += 1;
        }
        of_row
            .into_iter()
            .map(|group| {
                if group == NONE {
                    return T::default();
                }
                let group = group as usize;
                uses[group] -= 1;
                if uses[group] == 0 { std::mem::take(&mut of_group[group]) } else { of_group[group].clone() }
            })
            .collect()
    }
}
