//! Join tables that have no model.

use super::Model;
use crate::schema::{Action, ColumnDef, DataType, ForeignKey, Index, Table};

/// The parts of a join table without a model: a row for each pair, and nothing besides the two keys.
///
/// The derive writes it for `many_to_many(tags: Tag, through = "post_tags")`, and lists the function in [`Table::joins`]:
///
/// ```
/// # use orm_core::prelude::*;
/// # use orm_core::schema::Table;
/// # #[derive(Model, Clone)] struct Post { id: u64 }
/// # #[derive(Model, Clone)] struct Tag { id: u64 }
/// use orm_core::model::Join;
///
/// fn post_tags() -> &'static Table {
///     static PARTS: Join = Join::new::<Post, Tag>(
///         "post_tags",
///         ["post_id", "tag_id"],
///         ["post_tags_post_id_fkey", "post_tags_tag_id_fkey"],
///         "post_tags_tag_id_idx",
///     );
///     static TABLE: Table = PARTS.table();
///     &TABLE
/// }
///
/// assert_eq!(post_tags().foreign_keys[1].name, "post_tags_tag_id_fkey");
/// ```
#[doc(hidden)]
#[derive(Debug)]
pub struct Join {
    name: &'static str,
    columns: [ColumnDef; 2],
    foreign_keys: [ForeignKey; 2],
    indexes: [Index; 1],
}

impl Join {
    /// The parts of a join table between the rows of `A` and those of `B`: its name, the names of the columns with their keys and of the
    /// constraints over them, and the name of the index over the second column.
    ///
    /// The two sides are given in the order of their columns' names (by bytes), whichever of them declares the association: where both do,
    /// both describe the same table. So the foreign key to `A` is at position 0 and that to `B` at position 1. The columns are of the
    /// type of the keys, are the primary key together, and follow their rows: ON DELETE CASCADE, ON UPDATE CASCADE.
    ///
    /// # Panics
    /// At compile time, where both columns have the same name, and where they are in the other order. That each key has one column is
    /// asked by [`has_key_of_one_column`](crate::relation::has_key_of_one_column), at the attribute.
    pub const fn new<A: Model, B: Model>(
        name: &'static str,
        columns: [&'static str; 2],
        constraints: [&'static str; 2],
        index: &'static str,
    ) -> Self {
        match compare(columns[0].as_bytes(), columns[1].as_bytes()) {
            0 => {
                panic!(
                    "both columns of this join table have the same name: name one with `other_key = \"..\"`"
                )
            }
            1 => panic!("the columns of a join table stand in the order of their names"),
            _ => {}
        }
        Self {
            name,
            columns: [column(name, columns[0], A::TABLE), column(name, columns[1], B::TABLE)],
            foreign_keys: [
                ForeignKey::new(constraints[0], &[0], table_of::<A>, Action::Cascade, Action::Cascade),
                ForeignKey::new(constraints[1], &[1], table_of::<B>, Action::Cascade, Action::Cascade),
            ],
            indexes: [Index::new(index, &[1], false)],
        }
    }

    /// The table. Its `model` is its name, since there is no struct.
    ///
    /// # Panics
    /// At compile time, as [`Table::new`] does.
    pub const fn table(&'static self) -> Table {
        Table::new(self.name, self.name, &self.columns, &[0, 1])
            .with_indexes(&self.indexes)
            .with_foreign_keys(&self.foreign_keys)
    }
}

fn table_of<M: Model>() -> &'static Table {
    M::TABLE
}

/// The column that holds the key of this table.
const fn column(table: &'static str, name: &'static str, target: &Table) -> ColumnDef {
    // A model with mistakes has no columns, and they are reported already.
    if target.primary_key.is_empty() {
        return ColumnDef::new(table, name, name, DataType::Integer { bits: 64, signed: false }, false);
    }
    let key = &target.columns[target.primary_key[0]];
    let mut column = ColumnDef::new(table, name, name, key.data_type, false);
    column.binary = key.binary;
    column.custom_type = key.custom_type;
    column
}

/// -1, 0 or 1: which of the two comes first. `Ord` cannot be asked in a constant.
const fn compare(one: &[u8], other: &[u8]) -> i8 {
    let mut n = 0;
    while n < one.len() && n < other.len() {
        if one[n] != other[n] {
            return if one[n] < other[n] { -1 } else { 1 };
        }
        n += 1;
    }
    if one.len() == other.len() {
        0
    } else if one.len() < other.len() {
        -1
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn names_are_compared_as_ord_does() {
        let names = ["", "a", "a_id", "b_id", "post_id", "postid", "größe"];
        for one in names {
            for other in names {
                assert_eq!(compare(one.as_bytes(), other.as_bytes()), one.cmp(other) as i8, "{one} {other}");
            }
        }
    }
}
