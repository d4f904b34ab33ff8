//! Finding the near row that a far row belongs to: keys are hashed once, and never cloned or kept.

use std::hash::{BuildHasher as _, Hash, Hasher};

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::error::Result;
use crate::query::Keys;
use crate::value::Value;

/// A key to look for. Values that databases write in different classes are the same key: `Int` and `UInt`, `Text` and `Bytes`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'v>(pub(super) &'v [Value<'v>]);

impl Key<'_> {
    /// The integer that it is.
    fn number(&self) -> Option<i128> {
        match self.0 {
            [only] => only.as_integer(),
            _ => None,
        }
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(other.0).all(|(one, other)| same(one, other))
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for value in self.0 {
            match value {
                Value::Null => {}
                Value::Int(number) => bits((*number).into()).hash(state),
                Value::UInt(number) => bits((*number).into()).hash(state),
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

/// Lends the key that so many values make, each of which is written to a place; `None` where one of them is NULL.
///
/// It is lent, not given: to move what was made just before takes longer than what is done with it.
pub(super) fn with_key<'v, T>(
    width: usize,
    mut write: impl FnMut(usize, &mut Result<Value<'v>>),
    work: impl FnOnce(Option<Key<'_>>) -> Result<T>,
) -> Result<T> {
    let mut first = Ok(Value::Null);
    if width == 1 {
        write(0, &mut first);
        return match first {
            Ok(Value::Null) => work(None),
            Ok(ref only) => work(Some(Key(std::slice::from_ref(only)))),
            Err(error) => Err(error),
        };
    }
    let values = (0..width).map(|n| {
        let mut value = Ok(Value::Null);
        write(n, &mut value);
        value
    });
    let values = values.collect::<Result<Vec<_>>>()?;
    if values.iter().any(Value::is_null) { work(None) } else { work(Some(Key(&values))) }
}

/// The same of the values that a row has in these columns.
pub(super) fn with_key_of<T>(
    keys: &dyn Keys,
    columns: &[usize],
    row: usize,
    work: impl FnOnce(Option<Key<'_>>) -> Result<T>,
) -> Result<T> {
    with_key(columns.len(), |n, to| keys.key(row, columns[n], to), work)
}

/// What is hashed of an integer: the same for a signed and an unsigned one, where the two are equal.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "as many bits as any integer of a database has"
)]
fn bits(number: i128) -> u64 {
    number as u64
}

fn same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one.as_integer(), other.as_integer()) {
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

fn bytes<'v>(value: &'v Value<'_>) -> Option<&'v [u8]> {
    match value {
        Value::Text(text) => Some(text.as_bytes()),
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

/// No group: the key is NULL.
const NONE: u32 = u32::MAX;

/// A position among rows in four bytes: memory ends long before there are as many.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(NONE)
}

/// Whether a near row has this key.
fn has(keys: &dyn Keys, columns: &[usize], row: usize, Key(key): Key<'_>) -> bool {
    let equal = |(&column, value)| {
        let mut own = Ok(Value::Null);
        keys.key(row, column, &mut own);
        own.as_ref().is_ok_and(|own| same(own, value))
    };
    columns.len() == key.len() && columns.iter().zip(key).all(equal)
}

/// The hash of a near row's key.
fn hash_of_row(hasher: &DefaultHashBuilder, keys: &dyn Keys, columns: &[usize], row: usize) -> u64 {
    with_key_of(keys, columns, row, |key| Ok(key.map_or(0, |key| hasher.hash_one(key)))).unwrap_or(0)
}

/// The near rows by their keys. Rows with the same key are one group.
#[derive(Debug)]
pub(super) struct Index<'k> {
    keys: &'k dyn Keys,
    columns: &'static [usize],
    hasher: DefaultHashBuilder,
    /// Only the groups: their keys are in the near rows.
    groups: HashTable<u32>,
    /// A near row of each group. Empty where each row is the group of its own position.
    rows: Vec<u32>,
    /// The keys of the groups, where all are one integer.
    numbers: Option<Numbers>,
}

/// The key of each group: to look at it takes a tenth of what it takes to look into the near row.
#[derive(Debug)]
struct Numbers {
    bits: Vec<u64>,
    /// Whether one of them is negative.
    signed: bool,
    /// Whether one of them is larger than any signed one.
    large: bool,
}

impl Numbers {
    /// Adds the key of the next group. `None` where it is no integer, or not of the same type as the others.
    fn and(mut self, key: Key<'_>) -> Option<Self> {
        let number = key.number()?;
        self.signed |= number < 0;
        self.large |= number > i64::MAX.into();
        self.bits.push(bits(number));
        (!(self.signed && self.large)).then_some(self)
    }

    /// Whether this one is of the same type.
    fn may_have(&self, number: i128) -> bool {
        if self.signed { i64::try_from(number).is_ok() } else { u64::try_from(number).is_ok() }
    }
}

/// The group of each near row, and how many groups there are.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Empty where each row is the group of its own position.
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
        let mut rows: Vec<u32> = Vec::with_capacity(count);
        let mut of_row = Vec::with_capacity(count);
        let mut numbers = Some(Numbers { bits: Vec::with_capacity(count), signed: false, large: false });
        for row in 0..narrow(count) {
            let group = with_key_of(keys, columns, row as usize, |key| {
                let Some(key) = key else { return Ok(NONE) };
                let equal = |group: &u32| has(keys, columns, rows[*group as usize] as usize, key);
                // Only where there is no room left, and there is room for all.
                let again = |group: &u32| hash_of_row(&hasher, keys, columns, rows[*group as usize] as usize);
                match groups.entry(hasher.hash_one(key), equal, again) {
                    Entry::Occupied(group) => Ok(*group.get()),
                    Entry::Vacant(place) => {
                        let next = narrow(rows.len());
                        place.insert(next);
                        rows.push(row);
                        numbers = numbers.take().and_then(|numbers| numbers.and(key));
                        Ok(next)
                    }
                }
            })?;
            of_row.push(group);
        }
        let mut of_rows = Groups { of_row, count: rows.len() };
        if of_rows.count == count {
            (rows, of_rows.of_row) = (Vec::new(), Vec::new());
        }
        Ok((Self { keys, columns, hasher, groups, rows, numbers }, of_rows))
    }

    /// The near row that has the key of this group.
    fn row(&self, group: usize) -> usize {
        self.rows.get(group).map_or(group, |row| *row as usize)
    }

    /// The group of what has this hash. That of the row before is looked at first: far rows mostly come in the order of their keys.
    fn find(&self, key: impl Hash, before: Option<u32>, equal: impl Fn(&u32) -> bool) -> Option<u32> {
        before.filter(&equal).or_else(|| self.groups.find(self.hasher.hash_one(key), equal).copied())
    }

    /// The group of this key.
    pub(super) fn group(&self, key: Key<'_>, before: Option<u32>) -> Option<u32> {
        self.find(key, before, |group| has(self.keys, self.columns, self.row(*group as usize), key))
    }

    /// Whether all keys are one integer, of one type.
    pub(super) fn is_of_numbers(&self) -> bool {
        self.numbers.is_some()
    }

    /// The group of the key that is this integer. `None` is no answer where keys are not integers.
    pub(super) fn group_of_number(&self, number: Option<i128>, before: Option<u32>) -> Option<u32> {
        let (number, numbers) = (number?, self.numbers.as_ref()?);
        if !numbers.may_have(number) {
            return None;
        }
        let wanted = bits(number);
        self.find(wanted, before, |group| numbers.bits[*group as usize] == wanted)
    }

    /// The keys of these groups, to be sent.
    pub(super) fn values(&self, groups: std::ops::Range<usize>) -> Result<Vec<Vec<Value<'static>>>> {
        let owned = |key: Key<'_>| key.0.iter().map(|value| value.borrow().into_owned()).collect();
        groups
            .map(|group| {
                // Groups have keys without a NULL.
                with_key_of(self.keys, self.columns, self.row(group), |key| {
                    Ok(key.map_or_else(Vec::new, owned))
                })
            })
            .collect()
    }
}

impl Groups {
    /// What each near row gets, of what each group has: moved to the last row of a group, cloned for those before it.
    pub(super) fn hand_out<T: Clone + Default>(&mut self, mut of_group: Vec<T>) -> Vec<T> {
        // Most often no two rows have the same key.
        if self.of_row.is_empty() {
            return of_group;
        }
        let of_row = std::mem::take(&mut self.of_row);
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

#[cfg(test)]
mod tests {
    use super::{Index, Key, NONE};
    use crate::error::Result;
    use crate::query::Keys;
    use crate::value::Value;

    struct Rows(Vec<Value<'static>>);

    impl Keys for Rows {
        fn count(&self) -> usize {
            self.0.len()
        }

        fn key<'k>(&'k self, row: usize, _column: usize, to: &mut Result<Value<'k>>) {
            *to = Ok(self.0[row].borrow());
        }
    }

    #[test]
    fn numbers_find_what_keys_find() {
        // The large one and -1 have the same bits.
        for (first, other) in [(Value::Int(-1), i128::from(u64::MAX)), (Value::UInt(u64::MAX), -1)] {
            let keys = [first, Value::Int(3), Value::Null, Value::UInt(7), Value::Int(7)];
            let number = |key: &Value<'_>| Key(std::slice::from_ref(key)).number();
            let rows = Rows(keys.to_vec());
            let (index, groups) = Index::new(&rows, &[0]).unwrap();
            assert_eq!((groups.of_row.as_slice(), groups.count), (&[0, 1, NONE, 2, 2][..], 3));
            for before in [None, Some(0), Some(1), Some(2)] {
                for (key, group) in [(0, 0), (1, 1), (3, 2), (4, 2)] {
                    let key = &keys[key];
                    assert_eq!(index.group(Key(std::slice::from_ref(key)), before), Some(group));
                    assert_eq!(index.group_of_number(number(key), before), Some(group));
                }
                assert_eq!(index.group_of_number(Some(8), before), None);
                assert_eq!(index.group_of_number(Some(other), before), None);
            }
        }
    }

    #[test]
    fn each_row_gets_what_its_group_has() {
        let of_group = |keys: &[Value<'static>]| {
            let rows = Rows(keys.to_vec());
            let (index, mut groups) = Index::new(&rows, &[0]).unwrap();
            let values: Vec<_> = index.values(0..groups.count).unwrap().concat();
            groups.hand_out(values.into_iter().map(Some).collect())
        };
        let none = Value::Null;
        let [one, two] = [Value::Int(1), Value::Text("two".into())];
        for keys in [
            &[one.clone(), two.clone()][..],
            &[two.clone(), one.clone(), two.clone()],
            &[none.clone(), two, one],
            &[none],
        ] {
            let own: Vec<_> = keys.iter().map(|key| (!key.is_null()).then(|| key.clone())).collect();
            assert_eq!(of_group(keys), own);
        }
    }

    #[test]
    fn other_keys_are_no_numbers() {
        let rows = Rows(vec![Value::Int(1), Value::Text("1".into())]);
        let (index, groups) = Index::new(&rows, &[0]).unwrap();
        assert_eq!((groups.of_row.as_slice(), groups.count), (&[][..], 2));
        assert!(!index.is_of_numbers());
        assert_eq!(index.group_of_number(Some(1), None), None);
        let (index, _) = Index::new(&rows, &[0, 0]).unwrap();
        assert!(!index.is_of_numbers());
        // They have the same bits, and are two keys.
        let rows = Rows(vec![Value::Int(-1), Value::UInt(u64::MAX)]);
        let (index, groups) = Index::new(&rows, &[0]).unwrap();
        assert_eq!((groups.of_row.as_slice(), groups.count), (&[][..], 2));
        assert!(!index.is_of_numbers());
    }
}
