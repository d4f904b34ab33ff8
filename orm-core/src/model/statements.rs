//! The identities of a model's statements of fixed shape.

use std::sync::OnceLock;

use crate::driver::FixedId;

/// The identities of a model's fixed statements. The derive writes one static of it per model.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Statements {
    /// All columns of all rows.
    pub find_all: FixedId,
    /// All columns by key.
    pub find_by_key: FixedId,
    /// One row, its id generated.
    pub insert: FixedId,
    /// One row, its id given.
    pub insert_with_id: FixedId,
    /// A full chunk of rows of a bulk insert.
    pub insert_chunk: FixedId,
    /// All columns but the key, by key.
    pub update: FixedId,
    /// Some columns, by key.
    pub update_some: BySet,
    /// By key.
    pub destroy: FixedId,
    /// The number of all rows.
    pub count: FixedId,
}

impl Statements {
    /// All of them, without numbers yet.
    pub const fn new() -> Self {
        Self {
            find_all: FixedId::new(),
            find_by_key: FixedId::new(),
            insert: FixedId::new(),
            insert_with_id: FixedId::new(),
            insert_chunk: FixedId::new(),
            update: FixedId::new(),
            update_some: BySet::new(),
            destroy: FixedId::new(),
            count: FixedId::new(),
        }
    }
}

/// The identities of statements that differ in the set of columns that they write. A program uses few such sets of a model, mostly one at
/// a time, so they are looked through one by one, which takes no lock.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct BySet(OnceLock<Box<OneSet>>);

#[derive(Debug)]
struct OneSet {
    set: ColumnSet,
    id: FixedId,
    others: BySet,
}

/// Some columns of a table, by their positions below 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnSet(u64);

impl ColumnSet {
    /// The columns at these positions; `None` where one of them is larger.
    pub(crate) fn of(positions: impl Iterator<Item = usize>) -> Option<Self> {
        let bit = |position| 1_u64.checked_shl(u32::try_from(position).ok()?);
        positions.map(bit).try_fold(0, |set, bit| Some(set | bit?)).map(Self)
    }

    /// Whether the column at this position is one of them.
    pub(crate) fn has(self, position: usize) -> bool {
        Self::of(std::iter::once(position)).is_some_and(|Self(bit)| self.0 & bit != 0)
    }
}

impl BySet {
    /// Statements of more sets are not kept: each connection prepares all that are.
    const MOST: usize = 8;

    /// None yet.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The identity of the statement that writes these columns. `None` where there are many others already.
    pub(crate) fn get(&'static self, set: ColumnSet) -> Option<&'static FixedId> {
        let mut place = self;
        for _ in 0..Self::MOST {
            let one =
                place.0.get_or_init(|| Box::new(OneSet { set, id: FixedId::new(), others: Self::new() }));
            if one.set == set {
                return Some(&one.id);
            }
            place = &one.others;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{BySet, ColumnSet};

    #[test]
    fn a_set_has_its_columns() {
        let set = ColumnSet::of([0, 3, 63].into_iter()).unwrap();
        let has: Vec<_> = (0..130).filter(|&n| set.has(n)).collect();
        assert_eq!(has, [0, 3, 63]);
        assert_eq!(ColumnSet::of([0, 64].into_iter()), None);
    }

    #[test]
    fn each_set_has_one_identity_and_there_are_few() {
        static SETS: BySet = BySet::new();
        let get = |column| SETS.get(ColumnSet::of(std::iter::once(column)).unwrap()).map(|id| id.number());
        let first: Vec<_> = (0..10).map(get).collect();
        assert!(first[..8].iter().all(Option::is_some) && first[8..].iter().all(Option::is_none));
        let numbers: std::collections::HashSet<_> = first[..8].iter().collect();
        assert_eq!(numbers.len(), 8);
        assert_eq!((0..10).map(get).collect::<Vec<_>>(), first);
    }
}
